import { ADVISORY_LOCK } from "../database/advisory-lock.ts";
import type { Db } from "../database/db.ts";
import { Prisma } from "../database/generated/client.ts";
import { COPY_STATES, listStates } from "../work-units/task-states.ts";
import { taskLeased } from "../work-units/tasks/task-transitions.ts";
import type { PlacementPlan, WaitingTask } from "./placement-plan.ts";

/** A lease that is not seen preparing by then is given up. */
export const LEASE_SECONDS = 300;
/** A device whose owner needed it does not get the same work unit again at once: it would only go back and forth. */
const RETURN_PAUSE_SECONDS = 120;

/**
 * Owners with a part in a lineage that `t` does not belong to and that may still count: each is followed back from its
 * last task, also one that only waits to be gone on from, or that was lost and may yet come back.
 */
const ownersOfOtherLineages = Prisma.sql`
	WITH RECURSIVE part AS (
		SELECT tip."ownerId", tip."continuesTaskId" FROM "Task" tip
		WHERE tip."workUnitId" = t."workUnitId" AND tip."id" <> t."id" AND (
			tip."state" IN ${listStates(["unsent", ...COPY_STATES, "lost"])}
				AND tip."continuesTaskId" IS NOT NULL
			OR tip."state" = 'returned' AND tip."checkpointSha256" IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM "Task" later WHERE later."continuesTaskId" = tip."id"))
		UNION ALL
		SELECT before."ownerId", before."continuesTaskId" FROM "Task" before JOIN part ON before."id" = part."continuesTaskId"
	)
	SELECT DISTINCT part."ownerId"::text FROM part WHERE part."ownerId" IS NOT NULL`;

/** Who and what may not have the task `t`. */
const exclusions = Prisma.sql`
	ARRAY(SELECT DISTINCT o."ownerId"::text FROM "Task" o WHERE o."workUnitId" = t."workUnitId"
		AND o."ownerId" IS NOT NULL
		AND o."state" IN ${listStates(COPY_STATES)})
	|| CASE WHEN EXISTS (SELECT 1 FROM "Task" o WHERE o."workUnitId" = t."workUnitId" AND o."checkpointSha256" IS NOT NULL)
		THEN ARRAY(${ownersOfOtherLineages}) ELSE '{}' END AS "excludedOwners",
	ARRAY(SELECT DISTINCT o."deviceId"::text FROM "Task" o WHERE o."workUnitId" = t."workUnitId"
		AND o."deviceId" IS NOT NULL AND (o."state" IN ('errored', 'lost') OR o."state" = 'returned'
			AND o."errorCode" = 'ownerNeedsDevice' AND o."finishedAt" > now() - make_interval(secs => ${RETURN_PAUSE_SECONDS}))
		) AS "excludedDevices"`;

/** How many tasks of a batch to look at, and how many to pass over before. */
export interface BatchLook {
	batchId: string;
	most: number;
	skip?: number;
}

/**
 * Unsent tasks, for planning with: so many of each batch, so that one that nobody can run now never hides those behind
 * it. Left out are tasks that no owner among the offering ones may have. Who had a hand in one lineage of a work unit
 * (server/work-units/tasks/task-lineage.ts) gets no task of another; they may go on with their own.
 *
 * Nothing is taken hold of: what has come of a plan is asked again by {@link claimUnsentTasks}.
 */
export function listUnsentTasks(
	db: Db,
	looks: readonly BatchLook[],
	offeringOwnerIds: readonly string[],
): Promise<WaitingTask[]> {
	return db.$queryRaw`
		SELECT t."id" AS "taskId", t."workUnitId", t."batchId", t."share",
			(SELECT json_build_object('cutting', v."cutting", 'parameters', t."parameters")
				FROM "Batch" b JOIN "AppVersion" v ON v."id" = b."appVersionId"
				WHERE b."id" = t."batchId" AND v."cutting" IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM "Task" o WHERE o."workUnitId" = t."workUnitId" AND o."state" <> 'unsent')
			) AS "cuttable",
			${exclusions}
		FROM unnest(${looks.map(({ batchId }) => batchId)}::uuid[], ${looks.map(({ most }) => most)}::int[],
			${looks.map(({ skip }) => skip ?? 0)}::int[]) WITH ORDINALITY AS b(id, most, skip, place)
		CROSS JOIN LATERAL (
			SELECT c."id", c."workUnitId", c."batchId", w."share", w."parameters" FROM "Task" c JOIN "WorkUnit" w ON w."id" = c."workUnitId"
			WHERE c."batchId" = b.id AND c."state" = 'unsent'
			AND (SELECT count(DISTINCT o."ownerId") FROM "Task" o WHERE o."workUnitId" = c."workUnitId"
				AND o."ownerId" = ANY(${offeringOwnerIds as string[]}::uuid[])
				AND o."state" IN ${listStates(COPY_STATES)}
			) < ${offeringOwnerIds.length}
			ORDER BY c."id" OFFSET b.skip LIMIT b.most
		) t
		ORDER BY b.place, t."id"`;
}

/** Who and what may not have a task. */
export type Exclusions = Pick<
	WaitingTask,
	"taskId" | "excludedOwners" | "excludedDevices"
>;

/**
 * Takes hold of work units, for this transaction, and of those of the tasks that still wait: so that all copies of a work
 * unit are placed by one process at a time. What somebody else holds is left out, never waited for.
 *
 * Who may not have the tasks is read after that, by a statement of its own, and so with everything that another process
 * has committed before: what it placed until then is known, and it places no more until this transaction ends. One
 * statement that locks and reads would read what was there before it had the locks. Until the transaction ends nobody
 * takes tasks back from devices: see {@link leaseTasks}.
 */
export async function claimUnsentTasks(
	db: Db,
	taskIds: readonly string[],
	workUnitIds: readonly string[],
): Promise<{ tasks: Exclusions[]; workUnitIds: string[] }> {
	// Before any row, as every advisory lock.
	await db.$executeRaw`SELECT pg_advisory_xact_lock_shared(${ADVISORY_LOCK.placement})`;
	const units = await db.$queryRaw<{ id: string }[]>`
		SELECT "id" FROM "WorkUnit" WHERE "id" = ANY(${workUnitIds as string[]}::uuid[]) AND "state" = 'open'
		ORDER BY "id" FOR NO KEY UPDATE SKIP LOCKED`;
	const held = units.map(({ id }) => id);
	const tasks = await db.$queryRaw<Exclusions[]>`
		SELECT t."id" AS "taskId", ${exclusions} FROM "Task" t
		WHERE t."id" = ANY(${taskIds as string[]}::uuid[]) AND t."workUnitId" = ANY(${held}::uuid[]) AND t."state" = 'unsent'
		ORDER BY t."id" FOR NO KEY UPDATE OF t SKIP LOCKED`;
	return { tasks, workUnitIds: held };
}

/**
 * Writes all placements as leases in one guarded statement, each with the build that fits its device, in the transaction that
 * claimed the tasks. Answers those that became leases.
 *
 * Nothing is leased of what was stopped meanwhile. A suspension, a withdrawal and a cancellation are committed before
 * anybody looks for the tasks they concern, so whatever was stopped before this statement began is read as stopped here.
 * What is stopped later finds what we lease: the sweep of a cancelled batch waits for the work units that we hold
 * (server/work-units/sweeps/batch-chunk-store.ts), and giving back waits until no claim is under way
 * (server/work-units/tasks/give-back-tasks.ts). So it need not be locked here, and nobody's identity row is.
 */
export async function leaseTasks(
	db: Db,
	placements: PlacementPlan["placements"],
	now: Date,
): Promise<Set<string>> {
	if (placements.length === 0) return new Set();
	const rows = await db.$queryRaw<{ id: string }[]>`
		UPDATE "Task" t SET "state" = ${taskLeased.to}::"TaskState", "deviceId" = d."id", "ownerId" = COALESCE(d."ownerId", d."id"),
			"buildId" = u."id", "cores" = p.cores,
			"leasedAt" = ${now}, "leaseExpiresAt" = ${new Date(now.getTime() + LEASE_SECONDS * 1000)},
			"deadlineAt" = ${now}::timestamptz + make_interval(secs => b."deadlineSeconds")
		FROM unnest(${placements.map(({ taskId }) => taskId)}::uuid[], ${placements.map(({ deviceId }) => deviceId)}::uuid[],
			${placements.map(({ needs }) => needs.cores)}::float8[]) AS p(task, device, cores)
		JOIN "Device" d ON d."id" = p.device AND d."state" = 'online' AND NOT d."paused" AND NOT d."draining"
			AND d."blockedReason" IS NULL
		JOIN "Task" q ON q."id" = p.task
		JOIN "Batch" b ON b."id" = q."batchId" AND b."state" = 'open'
		JOIN "AppVersion" v ON v."id" = b."appVersionId" AND v."state" = 'approved'
		JOIN "Project" r ON r."id" = b."projectId" AND r."state" = 'approved'
		JOIN "Build" u ON u."appVersionId" = b."appVersionId" AND u."platform" = d."architecture"
		WHERE t."id" = p.task AND t."state" IN ${listStates(taskLeased.from)}
		RETURNING t."id"`;
	// The review must look at each again when its lease or its deadline runs out.
	await db.$executeRaw`
		UPDATE "WorkUnit" w SET "reviewAt" = LEAST(w."reviewAt", t."leaseExpiresAt", t."deadlineAt")
		FROM "Task" t WHERE t."id" = ANY(${rows.map(({ id }) => id)}::uuid[]) AND w."id" = t."workUnitId"`;
	return new Set(rows.map(({ id }) => id));
}
