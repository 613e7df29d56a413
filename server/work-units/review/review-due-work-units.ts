import { type Db, inTransaction } from "../../database/db.ts";
import type { Services } from "../../services.ts";
import {
	type Agreements,
	findAgreements,
} from "../../verification/agreement-finder.ts";
import { judgeTasks } from "../../verification/judge-tasks.ts";
import { lineageOf } from "../tasks/task-lineage.ts";
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
	listOutputsOfTasks,
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
 * Reviews up to `limit` work units that are due: reads and compares outputs first, without holding anything, then
 * decides and writes in one transaction. A work unit whose reports changed in between is left due for the next pass.
 */
export async function reviewDueWorkUnits(
	services: Pick<Services, "db" | "blobs" | "clock">,
	limit: number,
): Promise<ReviewPass> {
	const now = services.clock.now();
	const due = await listDueWorkUnits(services.db, now, limit);
	if (due.length === 0)
		return { reviewed: 0, plan: emptyReviewPlan(), endedBatchIds: [] };
	const agreements = await compareReported(services, due);
	return inTransaction(services.db, (db) =>
		reviewClaimed(db, due, agreements, now),
	);
}

async function reviewClaimed(
	db: Db,
	due: readonly DueWorkUnit[],
	agreements: Agreements,
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
		const review = reviewOne(unit, own, agreements, now);
		if (review) planReview(plan, unit, own, review);
	}
	const { endedBatchIds } = await applyReviewPlan(db, plan, now);
	return { reviewed: units.length, plan, endedBatchIds };
}

/** Undefined when it would need a comparison that was not made: a report came in since. */
function reviewOne(
	unit: DueWorkUnit,
	tasks: readonly DueTask[],
	agreements: Agreements,
	now: Date,
): Review | undefined {
	const byId = new Map(tasks.map((task) => [task.id, task]));
	let unknown = false;
	const agree = (a: string, b: string): boolean => {
		const sameBytes = byId.get(a)?.outputDigest === byId.get(b)?.outputDigest;
		if (sameBytes || unit.comparison.kind === "bitwise") return sameBytes;
		unknown ||= !agreements.knows(a, b);
		return agreements.agree(a, b);
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

/** Compares what needs more than its digests: reported results of app versions with a tolerance. */
async function compareReported(
	services: Pick<Services, "db" | "blobs">,
	due: readonly DueWorkUnit[],
): Promise<Agreements> {
	const numeric = due.filter(({ comparison }) => comparison.kind === "numeric");
	const tasks = numeric.length
		? groupByWorkUnit(
				await listTasksForReview(
					services.db,
					numeric.map(({ id }) => id),
				),
			)
		: new Map<string, DueTask[]>();
	const wanted = numeric.map((unit) => ({
		unit,
		tasks: (tasks.get(unit.id) ?? []).filter(
			({ id, state }) => state === "reported" || id === unit.canonicalTaskId,
		),
	}));
	const outputs = await listOutputsOfTasks(
		services.db,
		wanted.flatMap(({ tasks }) => tasks.map(({ id }) => id)),
	);
	return findAgreements(
		services.blobs,
		wanted.map(({ unit, tasks }) => ({
			comparison: unit.comparison,
			tasks: tasks.map(({ id, outputDigest }) => ({
				taskId: id,
				digest: outputDigest ?? "",
				outputs: outputs.filter(({ taskId }) => taskId === id),
			})),
		})),
	);
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
