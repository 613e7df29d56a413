import type { Db } from "../database/db.ts";
import type { Prisma } from "../database/generated/client.ts";
import type { AppVersionState } from "../database/generated/enums.ts";

/**
 *   building ──► built ⇄ submitted ──► approved ──► withdrawn
 *      │ ▲                     └──► rejected
 *      ▼ │ tried again
 *    failed
 *
 * `submitted` goes back to `built` when the researcher takes it back, or when its project is sent back to draft.
 * A version has builds from `built` on. Only those of an `approved` one carry a manifest and a signature, and they keep
 * them for ever: a withdrawn version is told apart by its state, on the server.
 */
export interface AppVersionTransition {
	from: readonly AppVersionState[];
	to: AppVersionState;
	data: Prisma.AppVersionUpdateManyMutationInput;
}

const claimReleased = { buildClaimedBy: null, buildClaimedUntil: null };

export const appVersionBuilt = (): AppVersionTransition => ({
	from: ["building"],
	to: "built",
	data: { ...claimReleased, failureReason: null },
});

export const appVersionFailed = (reason: string): AppVersionTransition => ({
	from: ["building"],
	to: "failed",
	data: { ...claimReleased, failureReason: reason.slice(0, 2000) },
});

/** A failed build is tried again from the same source. */
export const appVersionRetried = (): AppVersionTransition => ({
	from: ["failed"],
	to: "building",
	data: { ...claimReleased, failureReason: null, buildAttempts: 0 },
});

export const appVersionSubmitted = (): AppVersionTransition => ({
	from: ["built"],
	to: "submitted",
	data: { rejectionReason: null },
});

export const appVersionTakenBack = (): AppVersionTransition => ({
	from: ["submitted"],
	to: "built",
	data: {},
});

export const appVersionApproved = (now: Date): AppVersionTransition => ({
	from: ["submitted"],
	to: "approved",
	data: { decidedAt: now, rejectionReason: null },
});

export const appVersionRejected = (
	reason: string,
	now: Date,
): AppVersionTransition => ({
	from: ["submitted"],
	to: "rejected",
	data: { rejectionReason: reason, decidedAt: now },
});

export const appVersionWithdrawn = (reason: string): AppVersionTransition => ({
	from: ["approved"],
	to: "withdrawn",
	data: { rejectionReason: reason },
});

/** False when the version is not, or no longer, in a state that the transition starts from. Nothing is changed then. */
export async function applyAppVersionTransition(
	db: Db,
	id: string,
	transition: AppVersionTransition,
): Promise<boolean> {
	const { count } = await db.appVersion.updateMany({
		where: { id, state: { in: [...transition.from] } },
		data: { ...transition.data, state: transition.to },
	});
	return count === 1;
}

/** The same for all of a project's versions that the transition can start from; answers how many moved. */
export async function applyToAppVersionsOf(
	db: Db,
	projectId: string,
	transition: AppVersionTransition,
): Promise<number> {
	const { count } = await db.appVersion.updateMany({
		where: { projectId, state: { in: [...transition.from] } },
		data: { ...transition.data, state: transition.to },
	});
	return count;
}
