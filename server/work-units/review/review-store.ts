import type { Db } from "../../database/db.ts";
import { Prisma } from "../../database/generated/client.ts";
import type {
	TaskState,
	WorkUnitState,
} from "../../database/generated/enums.ts";
import type { Comparison } from "../../verification/comparison.ts";
import { listStates, ON_DEVICE_STATES } from "../task-states.ts";

/** A work unit that is due for review, with all that the review and its steps need. */
export interface DueWorkUnit {
	id: string;
	batchId: string;
	projectId: string;
	appVersionId: string;
	state: WorkUnitState;
	canonicalTaskId: string | null;
	targetCopies: number;
	quorum: number;
	maxErrors: number;
	maxTotal: number;
	deadlineSeconds: number;
	priority: number;
	estimatedOperations: number;
	comparison: Comparison;
}

/** A task of such a work unit. */
export interface DueTask {
	id: string;
	workUnitId: string;
	number: number;
	state: TaskState;
	deviceId: string | null;
	ownerId: string | null;
	leaseExpiresAt: Date | null;
	deadlineAt: Date | null;
	outputDigest: string | null;
	claimedCredit: number | null;
	grantedCredit: number | null;
	progress: number;
	/** It left a checkpoint that is still stored. */
	hasCheckpoint: boolean;
	continuesTaskId: string | null;
	silentSince: Date | null;
	deviceRetired: boolean;
}

const dueColumns = Prisma.sql`
	w."id", w."batchId", b."projectId", b."appVersionId", w."state"::text AS "state", w."canonicalTaskId", w."targetCopies",
	w."quorum", b."maxErrors" + w."extraErrors" AS "maxErrors", b."maxTotal" + w."extraTotal" AS "maxTotal", b."deadlineSeconds", b."priority",
	b."estimatedOperations", v."comparison"`;

const dueTables = Prisma.sql`
	"WorkUnit" w JOIN "Batch" b ON b."id" = w."batchId" JOIN "AppVersion" v ON v."id" = b."appVersionId"`;

/**
 * What is open of a batch that is closed waits for the sweep that cancels it. Late results of what is done are judged all
 * the same.
 */
const notStopped = Prisma.sql`(w."state" <> 'open' OR b."state" = 'open')`;

/** The work units that are due, oldest first, without a lock: for looking ahead. */
export function listDueWorkUnits(
	db: Db,
	now: Date,
	limit: number,
): Promise<DueWorkUnit[]> {
	return db.$queryRaw`
		SELECT ${dueColumns} FROM ${dueTables}
		WHERE w."reviewAt" <= ${now} AND ${notStopped} ORDER BY w."reviewAt" LIMIT ${limit}`;
}

/** Claims due work units for this transaction; those that another process holds are left to it. */
export function claimDueWorkUnits(
	db: Db,
	now: Date,
	ids: readonly string[],
): Promise<DueWorkUnit[]> {
	return db.$queryRaw`
		SELECT ${dueColumns} FROM ${dueTables}
		WHERE w."id" = ANY(${ids as string[]}::uuid[]) AND w."reviewAt" <= ${now} AND ${notStopped}
		ORDER BY w."id" FOR NO KEY UPDATE OF w SKIP LOCKED`;
}

/**
 * Puts off the look at work units that are due, for as long as somebody is busy with them. Answers those that this was
 * done for; what another process holds is left to it.
 */
export async function setAside(
	db: Db,
	ids: readonly string[],
	now: Date,
	until: Date,
): Promise<string[]> {
	if (ids.length === 0) return [];
	const rows = await db.$queryRaw<{ id: string }[]>`
		UPDATE "WorkUnit" w SET "reviewAt" = ${until}
		FROM (SELECT "id" FROM "WorkUnit" WHERE "id" = ANY(${ids as string[]}::uuid[]) AND "reviewAt" <= ${now}
			ORDER BY "id" FOR UPDATE SKIP LOCKED) d
		WHERE w."id" = d."id" RETURNING w."id"`;
	return rows.map(({ id }) => id);
}

/** What a work unit was set aside for is done. One that was ended meanwhile is left at rest. */
export async function makeDue(db: Db, id: string, now: Date): Promise<void> {
	await db.workUnit.updateMany({
		where: { id, reviewAt: { gt: now } },
		data: { reviewAt: now },
	});
}

/** All tasks of the work units, in the order they were made. */
export function listTasksForReview(
	db: Db,
	workUnitIds: readonly string[],
): Promise<DueTask[]> {
	return db.$queryRaw`
		SELECT t."id", t."workUnitId", t."number", t."state"::text AS "state", t."deviceId", t."ownerId",
			t."leaseExpiresAt", t."deadlineAt", t."outputDigest", t."claimedCredit", t."grantedCredit",
			t."progress", t."continuesTaskId",
			EXISTS (SELECT FROM "Blob" c WHERE c."sha256" = t."checkpointSha256") AS "hasCheckpoint",
			CASE WHEN d."state" = 'offline' THEN p."lastSeenAt" END AS "silentSince",
			COALESCE(d."state" = 'retired', false) AS "deviceRetired"
		FROM "Task" t LEFT JOIN "Device" d ON d."id" = t."deviceId" LEFT JOIN "DevicePresence" p ON p."deviceId" = d."id"
		WHERE t."workUnitId" = ANY(${workUnitIds as string[]}::uuid[])
		ORDER BY t."workUnitId", t."number"`;
}

/** The outputs of tasks, for comparing them. */
export async function listOutputsOfTasks(db: Db, taskIds: readonly string[]) {
	const outputs = await db.$queryRaw<
		{ taskId: string; path: string; sha256: string; bytes: bigint }[]
	>`
		SELECT "taskId", "path", "sha256", "bytes" FROM "TaskOutput"
		WHERE "taskId" = ANY(${taskIds as string[]}::uuid[])`;
	return outputs.map((output) => ({ ...output, bytes: Number(output.bytes) }));
}

/**
 * Makes the review look at the work units with tasks on devices that have been away for at least `silentMs`, or are
 * retired: nothing else would tell it. Those that somebody holds are passed over until the next time.
 *
 * It begins with the devices that have tasks, and looks each of them up (OFFSET keeps the planner from anything else): of
 * the devices that are away most have been for long, and hold nothing.
 */
export function dueForSilentDevices(
	db: Db,
	now: Date,
	silentMs: number,
): Promise<number> {
	return db.$executeRaw`
		WITH busy AS MATERIALIZED (
			SELECT DISTINCT "deviceId" AS "id" FROM "Task" WHERE "state" IN ${listStates(ON_DEVICE_STATES)}
		), away AS MATERIALIZED (
			SELECT one.* FROM busy CROSS JOIN LATERAL (
				SELECT d."id", d."state", p."lastSeenAt"
				FROM "Device" d LEFT JOIN "DevicePresence" p ON p."deviceId" = d."id"
				WHERE d."id" = busy."id" AND d."state" IN ('offline', 'retired') OFFSET 0
			) one
		), silent AS (
			SELECT DISTINCT t."workUnitId" AS "id"
			FROM away JOIN "Task" t ON t."deviceId" = away."id" JOIN "Batch" b ON b."id" = t."batchId"
			WHERE t."state" IN ${listStates(ON_DEVICE_STATES)}
			AND (away."state" = 'retired' OR away."lastSeenAt" <= ${now}::timestamptz
				- make_interval(secs => GREATEST(${silentMs / 1000}::float8, LEAST(1800, b."deadlineSeconds" * 0.1))))
		), held AS (
			SELECT w."id" FROM "WorkUnit" w JOIN silent ON silent."id" = w."id"
			WHERE w."reviewAt" IS NULL OR w."reviewAt" > ${now}
			ORDER BY w."id" FOR NO KEY UPDATE OF w SKIP LOCKED
		)
		UPDATE "WorkUnit" w SET "reviewAt" = ${now} FROM held WHERE w."id" = held."id"`;
}
