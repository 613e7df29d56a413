import type { AppVersionTransition } from "../app-versions/app-version-transitions.ts";
import { insertBuilds, type NewBuild } from "../app-versions/build-store.ts";
import { type Db, inTransaction } from "../database/db.ts";
import type { AppVersionSource } from "../database/generated/enums.ts";

/** A version whose image this process shall make now. */
export interface ClaimedBuild {
	id: string;
	projectId: string;
	source: AppVersionSource;
	sourceDetails: unknown;
	sourceSha256: string | null;
	platforms: string[];
	buildAttempts: number;
}

/**
 * Claims the version that has waited longest: one that nobody builds, or whose builder has not renewed its claim. Of
 * several processes that ask at once, each gets another one. Its log begins anew.
 */
export async function claimNextBuild(
	db: Db,
	claimant: string,
	now: Date,
	until: Date,
): Promise<ClaimedBuild | undefined> {
	const rows = await db.$queryRaw<ClaimedBuild[]>`
		UPDATE "AppVersion" SET
			"buildClaimedBy" = ${claimant},
			"buildClaimedUntil" = ${until},
			"buildAttempts" = "buildAttempts" + 1,
			"buildLog" = ''
		WHERE "id" = (
			SELECT "id" FROM "AppVersion"
			WHERE "state" = 'building' AND ("buildClaimedUntil" IS NULL OR "buildClaimedUntil" < ${now})
			ORDER BY "createdAt", "id" LIMIT 1 FOR UPDATE SKIP LOCKED
		)
		RETURNING "id", "projectId", "source"::text AS "source", "sourceDetails", "sourceSha256", "platforms", "buildAttempts"`;
	return rows[0];
}

/** False when the build is no longer ours: cancelled, or taken over by another process. */
export async function renewBuildClaim(
	db: Db,
	id: string,
	claimant: string,
	until: Date,
): Promise<boolean> {
	const { count } = await db.appVersion.updateMany({
		where: { id, state: "building", buildClaimedBy: claimant },
		data: { buildClaimedUntil: until },
	});
	return count === 1;
}

/** Hands a build back unfinished, because the server stops or its engine is away; it does not count as an attempt. */
export async function releaseBuildClaim(
	db: Db,
	id: string,
	claimant: string,
): Promise<void> {
	await db.appVersion.updateMany({
		where: { id, state: "building", buildClaimedBy: claimant },
		data: {
			buildClaimedBy: null,
			buildClaimedUntil: null,
			buildAttempts: { decrement: 1 },
		},
	});
}

/** Ends a build, but only one that is still ours, together with what was made. */
export function finishClaimedBuild(
	db: Db,
	id: string,
	claimant: string,
	transition: AppVersionTransition,
	builds: readonly NewBuild[],
): Promise<boolean> {
	return inTransaction(db, async (transaction) => {
		const { count } = await transaction.appVersion.updateMany({
			where: {
				id,
				buildClaimedBy: claimant,
				state: { in: [...transition.from] },
			},
			data: { ...transition.data, state: transition.to },
		});
		if (count === 1) await insertBuilds(transaction, id, builds);
		return count === 1;
	});
}

/** Adds to a version's log and keeps its end. */
export async function appendBuildLog(
	db: Db,
	id: string,
	text: string,
	mostCharacters: number,
): Promise<void> {
	await db.$executeRaw`
		UPDATE "AppVersion" SET "buildLog" = right("buildLog" || ${text}, ${mostCharacters}::int)
		WHERE "id" = ${id}::uuid`;
}
