import { appendCredit } from "../../credit/credit-store.ts";
import type { Db } from "../../database/db.ts";
import { recordVerdicts } from "../../trust/device-trust-store.ts";
import { lockTasks } from "../tasks/task-store.ts";
import type {
	NewTask,
	ReviewPlan,
	TaskMove,
	WorkUnitMove,
} from "./plan-reviews.ts";

/**
 * Carries a plan out in the caller's transaction, which holds the work units' rows. Answers the batches that ended
 * with it. Rows are taken in the one order of locks: work units, tasks, trust, totals of credit, batches.
 */
export async function applyReviewPlan(
	db: Db,
	plan: ReviewPlan,
	now: Date,
): Promise<{ endedBatchIds: string[] }> {
	// All at once and in order, before the first is written: they are moved by kinds, and grants touch others as well.
	await lockTasks(db, [
		...plan.taskMoves.map(({ taskId }) => taskId),
		...plan.grants.map(({ taskId }) => taskId),
	]);
	await moveTasks(db, plan.taskMoves, now);
	await insertTasks(db, plan);
	await moveWorkUnits(db, plan.workUnits, now);
	await recordVerdicts(db, plan.verdicts, now);
	await appendCredit(db, plan.grants, now);
	return { endedBatchIds: await countEnded(db, plan.workUnits, now) };
}

/** One guarded write for each kind of transition. A task that has moved on in the meantime is left where it is. */
async function moveTasks(
	db: Db,
	moves: readonly TaskMove[],
	now: Date,
): Promise<void> {
	const kinds = new Map<string, TaskMove[]>();
	for (const move of moves) {
		const key = `${move.transition.to} ${move.errorCode}`;
		kinds.set(key, [...(kinds.get(key) ?? []), move]);
	}
	for (const [first, ...others] of kinds.values()) {
		if (!first) continue;
		const { from, to } = first.transition;
		const ids = [first, ...others].map(({ taskId }) => taskId);
		await db.$executeRaw`
			UPDATE "Task" SET "state" = ${to}::"TaskState", "finishedAt" = ${now},
				"errorCode" = COALESCE(${first.errorCode}, "errorCode")
			WHERE "id" = ANY(${ids}::uuid[]) AND "state"::text = ANY(${[...from]}::text[])`;
	}
}

async function insertTasks(db: Db, { newTasks }: ReviewPlan): Promise<void> {
	if (newTasks.length === 0) return;
	const column = <K extends keyof NewTask>(key: K) =>
		newTasks.map((task) => task[key]);
	await db.$executeRaw`
		INSERT INTO "Task" ("id", "workUnitId", "batchId", "number", "priority", "continuesTaskId")
		SELECT * FROM unnest(${column("id")}::uuid[], ${column("workUnitId")}::uuid[], ${column("batchId")}::uuid[],
			${column("number")}::int[], ${column("priority")}::int[], ${column("continuesTaskId")}::uuid[])`;
}

async function moveWorkUnits(
	db: Db,
	moves: readonly WorkUnitMove[],
	now: Date,
): Promise<void> {
	if (moves.length === 0) return;
	const column = <K extends keyof WorkUnitMove>(key: K) =>
		moves.map((move) => move[key]);
	await db.$executeRaw`
		UPDATE "WorkUnit" w SET
			"state" = CASE WHEN m.ended IS NULL THEN w."state" ELSE m.ended::"WorkUnitState" END,
			"finishedAt" = CASE WHEN m.ended IS NULL THEN w."finishedAt" ELSE ${now} END,
			"canonicalTaskId" = m.canonical,
			"failureReason" = COALESCE(m.failure, w."failureReason"),
			"targetCopies" = m.target,
			"reviewAt" = m.review
		FROM unnest(${column("id")}::uuid[], ${column("ended")}::text[], ${column("canonicalTaskId")}::uuid[],
			${column("failureReason")}::text[], ${column("targetCopies")}::int[], ${column("reviewAt")}::timestamptz[])
			AS m(id, ended, canonical, failure, target, review)
		WHERE w."id" = m.id`;
}

/** Moves the batches' counters by what ended, and ends the batches in which nothing is open any more. */
async function countEnded(
	db: Db,
	moves: readonly WorkUnitMove[],
	now: Date,
): Promise<string[]> {
	const ended = moves.filter(({ ended }) => ended !== null);
	const batchIds = [...new Set(ended.map(({ batchId }) => batchId))].sort();
	if (batchIds.length === 0) return [];
	const count = (batchId: string, kind: "done" | "failed") =>
		ended.filter((move) => move.batchId === batchId && move.ended === kind)
			.length;
	await db.$queryRaw`SELECT "id" FROM "Batch" WHERE "id" = ANY(${batchIds}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE`;
	await db.$executeRaw`
		UPDATE "Batch" b SET "doneUnits" = b."doneUnits" + c.done, "failedUnits" = b."failedUnits" + c.failed
		FROM unnest(${batchIds}::uuid[], ${batchIds.map((id) => count(id, "done"))}::int[],
			${batchIds.map((id) => count(id, "failed"))}::int[]) AS c(id, done, failed)
		WHERE b."id" = c.id`;
	// While its failed work units are being opened again, a batch is not over: the last chunk of that looks itself.
	const finished = await db.$queryRaw<{ id: string }[]>`
		UPDATE "Batch" SET "state" = 'done', "finishedAt" = ${now}
		WHERE "id" = ANY(${batchIds}::uuid[]) AND "state" = 'open'
		AND "doneUnits" + "failedUnits" + "cancelledUnits" >= "workUnits"
		AND NOT EXISTS (SELECT FROM "Sweep" s WHERE s."kind" = 'rerunBatch' AND s."subjectId" = "Batch"."id")
		RETURNING "id"`;
	return finished.map(({ id }) => id);
}
