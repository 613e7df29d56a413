import { type Db, inTransaction } from "../../database/db.ts";
import type { Services } from "../../services.ts";
import type { NumericComparison } from "../../verification/comparison.ts";
import { judgeTasks } from "../../verification/judge-tasks.ts";
import { lineageOf } from "../tasks/task-lineage.ts";
import type {
	OutputComparisons,
	UnreadWorkUnit,
} from "./output-comparisons.ts";
import {
	emptyReviewPlan,
	planReview,
	type ReviewPlan,
} from "./plan-reviews.ts";
import { applyReviewPlan } from "./review-plan-store.ts";
import {
	claimDueWorkUnits,
	type DueTask,
	type DueWorkUnit,
	listDueWorkUnits,
	listTasksForReview,
} from "./review-store.ts";
import { type Review, reviewWorkUnit } from "./review-work-unit.ts";

/** What a pass did, for whoever has to be told. */
export interface ReviewPass {
	reviewed: number;
	plan: ReviewPlan;
	endedBatchIds: string[];
}

/**
 * Reviews up to `limit` work units that are due, in one transaction. Those whose results must be read first are handed
 * to the comparisons and become due again when that is done; nobody waits for them here. A work unit whose reports
 * changed in between is left due for the next pass.
 */
export async function reviewDueWorkUnits(
	services: Pick<Services, "db" | "clock">,
	limit: number,
	comparisons: OutputComparisons,
): Promise<ReviewPass> {
	const now = services.clock.now();
	const due = await listDueWorkUnits(services.db, now, limit);
	if (due.length === 0)
		return { reviewed: 0, plan: emptyReviewPlan(), endedBatchIds: [] };
	const unread = await findUnread(services.db, due, comparisons);
	await comparisons.take(unread);
	const notYet = new Set(unread.map(({ unit }) => unit.id));
	const pass = await inTransaction(services.db, (db) =>
		reviewClaimed(
			db,
			due.filter(({ id }) => !notYet.has(id)),
			comparisons,
			now,
		),
	);
	for (const { id, ended } of pass.plan.workUnits)
		if (ended) comparisons.forget(id);
	return pass;
}

async function reviewClaimed(
	db: Db,
	due: readonly DueWorkUnit[],
	comparisons: Pick<OutputComparisons, "of">,
	now: Date,
): Promise<ReviewPass> {
	const units = await claimDueWorkUnits(
		db,
		now,
		due.map(({ id }) => id),
	);
	const tasks = groupByWorkUnit(
		await listTasksForReview(
			db,
			units.map(({ id }) => id),
		),
	);
	const plan = emptyReviewPlan();
	for (const unit of units) {
		const own = tasks.get(unit.id) ?? [];
		const review = reviewOne(unit, own, comparisons, now);
		if (review) planReview(plan, unit, own, review);
	}
	const { endedBatchIds } = await applyReviewPlan(db, plan, now);
	return { reviewed: units.length, plan, endedBatchIds };
}

/** Undefined when it would need a comparison that was not made: a report came in since. */
function reviewOne(
	unit: DueWorkUnit,
	tasks: readonly DueTask[],
	comparisons: Pick<OutputComparisons, "of">,
	now: Date,
): Review | undefined {
	const byId = new Map(tasks.map((task) => [task.id, task]));
	let unknown = false;
	const agree = (a: string, b: string): boolean => {
		const sameBytes = byId.get(a)?.outputDigest === byId.get(b)?.outputDigest;
		if (sameBytes || unit.comparison.kind === "bitwise") return sameBytes;
		const agreements = comparisons.of(unit.id);
		unknown ||= !agreements?.knows(a, b);
		return agreements?.agree(a, b) === true;
	};
	const review = reviewWorkUnit(
		{ ...unit, tasks },
		now,
		(reported) =>
			judgeTasks(
				reported.map((taskId) => ({
					taskId,
					ownerIds: lineageOf(taskId, byId).flatMap(
						({ ownerId }) => ownerId ?? [],
					),
				})),
				unit.quorum,
				agree,
			),
		(taskId) =>
			unit.canonicalTaskId !== null && agree(taskId, unit.canonicalTaskId),
	);
	return unknown ? undefined : review;
}

/** Those that cannot be reviewed before somebody has read results: of app versions with a tolerance, where bytes differ. */
async function findUnread(
	db: Db,
	due: readonly DueWorkUnit[],
	comparisons: Pick<OutputComparisons, "of">,
): Promise<UnreadWorkUnit[]> {
	const numeric = due.flatMap((unit) =>
		unit.comparison.kind === "numeric"
			? { ...unit, comparison: unit.comparison }
			: [],
	);
	if (numeric.length === 0) return [];
	const tasks = groupByWorkUnit(
		await listTasksForReview(
			db,
			numeric.map(({ id }) => id),
		),
	);
	return numeric.flatMap((unit) => {
		const compared = listCompared(unit, tasks.get(unit.id) ?? []);
		const agreements = comparisons.of(unit.id);
		const isUnread = compared.some(({ id, outputDigest }, i) =>
			compared
				.slice(i + 1)
				.some(
					(other) =>
						other.outputDigest !== outputDigest &&
						!agreements?.knows(id, other.id),
				),
		);
		return isUnread ? { unit, tasks: compared } : [];
	});
}

/** The tasks that the review will hold against each other: as soon as there are enough of them, or late ones. */
function listCompared(
	unit: DueWorkUnit & { comparison: NumericComparison },
	tasks: readonly DueTask[],
): DueTask[] {
	const reported = tasks.filter(({ state }) => state === "reported");
	if (unit.state === "open")
		return reported.length >= unit.quorum ? reported : [];
	const canonical = tasks.find(({ id }) => id === unit.canonicalTaskId);
	return unit.state === "done" && canonical ? [canonical, ...reported] : [];
}

function groupByWorkUnit(tasks: readonly DueTask[]): Map<string, DueTask[]> {
	const groups = new Map<string, DueTask[]>();
	for (const task of tasks) {
		const group = groups.get(task.workUnitId);
		if (group) group.push(task);
		else groups.set(task.workUnitId, [task]);
	}
	return groups;
}
