import type { Db } from "../database/db.ts";
import type { BatchNeeds, PlacementPlan, WaitingTask } from "./place-tasks.ts";

/** A lease that is not seen preparing by then is given up. */
export const LEASE_SECONDS = 300;

/** Open batches that may run now and have something unsent, the most urgent first. */
export async function listRunnableBatches(
	db: Db,
	limit: number,
): Promise<Map<string, BatchNeeds>> {
	const rows = await db.$queryRaw<BatchNeeds[]>`
		SELECT b."id" AS "batchId", b."placement"::text AS "placement", b."estimatedOperations",
			v."platforms", v."imageId", v."cores", v."memoryMiB", v."diskMiB"
		FROM "Batch" b
		JOIN "AppVersion" v ON v."id" = b."appVersionId" AND v."state" = 'approved'
		JOIN "Project" p ON p."id" = b."projectId" AND p."state" = 'approved'
		WHERE b."state" = 'open'
		AND EXISTS (SELECT 1 FROM "Task" t WHERE t."batchId" = b."id" AND t."state" = 'unsent')
		ORDER BY b."priority" DESC, b."createdAt" LIMIT ${limit}`;
	return new Map(rows.map((row) => [row.batchId, row]));
}

/**
 * Takes hold of unsent tasks, for this transaction: up to `perBatch` of each batch, so that one that nobody can run now
 * never hides those behind it. Left out are tasks that no owner among the offering ones may have.
 *
 * The work units' rows are taken as well, so that all copies of a work unit are placed by one process at a time; rows
 * that someone else holds are skipped, never waited for.
 */
export function claimUnsentTasks(
	db: Db,
	batchIds: readonly string[],
	offeringOwnerIds: readonly string[],
	perBatch: number,
): Promise<WaitingTask[]> {
	return db.$queryRaw`
		SELECT t."id" AS "taskId", t."workUnitId", t."batchId",
			ARRAY(SELECT DISTINCT o."ownerId"::text FROM "Task" o WHERE o."workUnitId" = t."workUnitId"
				AND o."ownerId" IS NOT NULL
				AND o."state" IN ('leased', 'preparing', 'running', 'paused', 'reported', 'valid', 'invalid')) AS "excludedOwners",
			ARRAY(SELECT DISTINCT o."deviceId"::text FROM "Task" o WHERE o."workUnitId" = t."workUnitId"
				AND o."deviceId" IS NOT NULL AND o."state" IN ('errored', 'lost')) AS "excludedDevices"
		FROM unnest(${batchIds as string[]}::uuid[]) WITH ORDINALITY AS b(id, place)
		CROSS JOIN LATERAL (
			SELECT c."id", c."workUnitId", c."batchId" FROM "Task" c JOIN "WorkUnit" w ON w."id" = c."workUnitId"
			WHERE c."batchId" = b.id AND c."state" = 'unsent'
			AND (SELECT count(DISTINCT o."ownerId") FROM "Task" o WHERE o."workUnitId" = c."workUnitId"
				AND o."ownerId" = ANY(${offeringOwnerIds as string[]}::uuid[])
				AND o."state" IN ('leased', 'preparing', 'running', 'paused', 'reported', 'valid', 'invalid')
			) < ${offeringOwnerIds.length}
			ORDER BY c."id" LIMIT ${perBatch} FOR UPDATE OF c, w SKIP LOCKED
		) t
		ORDER BY b.place, t."id"`;
}

/** Writes all placements as leases in one guarded statement. Answers those that became leases. */
export async function leaseTasks(
	db: Db,
	placements: PlacementPlan["placements"],
	now: Date,
): Promise<Set<string>> {
	if (placements.length === 0) return new Set();
	const rows = await db.$queryRaw<{ id: string }[]>`
		UPDATE "Task" t SET "state" = 'leased', "deviceId" = d."id", "ownerId" = d."ownerId", "cores" = p.cores,
			"leasedAt" = ${now}, "leaseExpiresAt" = ${new Date(now.getTime() + LEASE_SECONDS * 1000)},
			"deadlineAt" = ${now}::timestamptz + make_interval(secs => b."deadlineSeconds")
		FROM unnest(${placements.map(({ taskId }) => taskId)}::uuid[], ${placements.map(({ deviceId }) => deviceId)}::uuid[],
			${placements.map(({ needs }) => needs.cores)}::float8[]) AS p(task, device, cores)
		JOIN "Device" d ON d."id" = p.device AND d."state" = 'online' AND NOT d."paused" AND NOT d."draining"
			AND d."blockedReason" IS NULL
		JOIN "Task" q ON q."id" = p.task
		JOIN "Batch" b ON b."id" = q."batchId"
		WHERE t."id" = p.task AND t."state" = 'unsent'
		RETURNING t."id"`;
	// The review must look at each again when its lease or its deadline runs out.
	await db.$executeRaw`
		UPDATE "WorkUnit" w SET "reviewAt" = LEAST(w."reviewAt", t."leaseExpiresAt", t."deadlineAt")
		FROM "Task" t WHERE t."id" = ANY(${rows.map(({ id }) => id)}::uuid[]) AND w."id" = t."workUnitId"`;
	return new Set(rows.map(({ id }) => id));
}

/** Keeps why the tasks of batches wait, for their pages. */
export async function noteWaitReasons(
	db: Db,
	waiting: PlacementPlan["waiting"],
): Promise<void> {
	const rows = [...waiting];
	if (rows.length === 0) return;
	await db.$executeRaw`
		UPDATE "Batch" b SET "waitReasons" = r.reasons
		FROM unnest(${rows.map(([id]) => id)}::uuid[], ${rows.map(([, reasons]) => JSON.stringify(reasons))}::jsonb[])
			AS r(id, reasons)
		WHERE b."id" = r.id AND b."waitReasons" <> r.reasons`;
}
