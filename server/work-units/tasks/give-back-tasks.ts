import { ADVISORY_LOCK } from "../../database/advisory-lock.ts";
import type { Db } from "../../database/db.ts";
import { Prisma } from "../../database/generated/client.ts";
import { listStates, ON_DEVICE_STATES } from "../task-states.ts";

/** Work units of one chunk: few enough that nobody minds waiting for it. */
const CHUNK_UNITS = 500;

/**
 * Takes what runs off the devices, at nobody's cost, a chunk in the caller's transaction: tasks of a project that is
 * suspended, or of a version that is withdrawn, become `returned`, each with the checkpoint that it began from, and their
 * work units are looked at again. Nothing new is placed while the project or the version is not approved.
 *
 * It finds every task, also one that is being leased this very moment by somebody who read before the suspension:
 *   - Who places tasks shares the lock on placements, from before they look at the states until they have committed.
 *   - Here it is held alone. So whoever placed before is visible now, and whoever places afterwards reads the states
 *     afterwards, when they had been written long since.
 *
 * @returns the devices that must be told, and whether nothing is left
 */
export async function giveBackChunk(
	db: Db,
	of: { projectId: string } | { appVersionId: string },
	now: Date,
): Promise<{ changed: number; deviceIds: string[]; ended: boolean }> {
	// Resumed meanwhile: what is left on devices goes on.
	if (await isApproved(db, of))
		return { changed: 0, deviceIds: [], ended: true };
	await db.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK.placement})`;
	const ofBatch =
		"projectId" in of
			? Prisma.sql`b."projectId" = ${of.projectId}::uuid`
			: Prisma.sql`b."appVersionId" = ${of.appVersionId}::uuid`;
	const onDevice = listStates(ON_DEVICE_STATES);
	// Work units before tasks, and both in the order of their ids: the order of locks (docs/architecture.md).
	const units = await db.$queryRaw<{ id: string }[]>`
		SELECT "id" FROM "WorkUnit" WHERE "id" IN (
			SELECT t."workUnitId" FROM "Batch" b JOIN "Task" t ON t."batchId" = b."id" AND t."state" IN ${onDevice}
			WHERE ${ofBatch} LIMIT ${CHUNK_UNITS})
		ORDER BY "id" FOR NO KEY UPDATE`;
	const unitIds = units.map(({ id }) => id);
	const rows = await db.$queryRaw<{ deviceId: string | null }[]>`
		WITH held AS (
			SELECT "id" FROM "Task" WHERE "workUnitId" = ANY(${unitIds}::uuid[]) AND "state" IN ${onDevice}
			ORDER BY "id" FOR NO KEY UPDATE
		), looked AS (
			UPDATE "WorkUnit" SET "reviewAt" = ${now} WHERE "id" = ANY(${unitIds}::uuid[]) AND "state" = 'open'
		)
		UPDATE "Task" t SET "state" = 'returned', "finishedAt" = ${now},
			("checkpointSha256", "checkpointBytes") =
				(SELECT p."checkpointSha256", p."checkpointBytes" FROM "Task" p WHERE p."id" = t."continuesTaskId")
		FROM held WHERE t."id" = held."id"
		RETURNING t."deviceId"`;
	return {
		changed: rows.length,
		deviceIds: [...new Set(rows.flatMap(({ deviceId }) => deviceId ?? []))],
		ended: units.length === 0,
	};
}

async function isApproved(
	db: Db,
	of: { projectId: string } | { appVersionId: string },
): Promise<boolean> {
	const count =
		"projectId" in of
			? await db.project.count({
					where: { id: of.projectId, state: "approved" },
				})
			: await db.appVersion.count({
					where: { id: of.appVersionId, state: "approved" },
				});
	return count > 0;
}
