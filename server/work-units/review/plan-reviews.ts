import { v7 as uuidv7 } from "uuid";
import { mostCredit } from "../../credit/claim-credit.ts";
import type { Grant } from "../../credit/credit-store.ts";
import { grantCredit } from "../../credit/grant-credit.ts";
import type { Verdict } from "../../trust/device-trust-store.ts";
import {
	lineageOf,
	listContinuable,
	shareCredit,
	sumClaims,
	sumGrants,
} from "../tasks/task-lineage.ts";
import type { TaskTransition } from "../tasks/task-transitions.ts";
import {
	taskCancelled,
	taskInvalid,
	taskLost,
	taskValid,
} from "../tasks/task-transitions.ts";
import type { DueTask, DueWorkUnit } from "./review-store.ts";
import type { Review } from "./review-work-unit.ts";

/** One task's move, with what is written beside its state. */
export interface TaskMove {
	taskId: string;
	transition: TaskTransition;
	errorCode: string | null;
}

/** How a work unit comes out of a review. */
export interface WorkUnitMove {
	id: string;
	batchId: string;
	ended: "done" | "failed" | null;
	canonicalTaskId: string | null;
	failureReason: string | null;
	targetCopies: number;
	reviewAt: Date | null;
}

export interface NewTask {
	id: string;
	workUnitId: string;
	batchId: string;
	number: number;
	priority: number;
	/** The task that it goes on from, where that one left a checkpoint. */
	continuesTaskId: string | null;
}

/** What reviews come to: plain lists, so that a thousand work units are a handful of statements. */
export interface ReviewPlan {
	workUnits: WorkUnitMove[];
	taskMoves: TaskMove[];
	newTasks: NewTask[];
	grants: Grant[];
	verdicts: Verdict[];
	/** Devices on which the wanted list got shorter. */
	devicesToTell: string[];
}

export const emptyReviewPlan = (): ReviewPlan => ({
	workUnits: [],
	taskMoves: [],
	newTasks: [],
	grants: [],
	verdicts: [],
	devicesToTell: [],
});

/** Adds one work unit's review to the plan. Pure, apart from the plan it fills and the ids of new tasks. */
export function planReview(
	plan: ReviewPlan,
	unit: DueWorkUnit,
	tasks: readonly DueTask[],
	review: Review,
): void {
	const move: WorkUnitMove = {
		id: unit.id,
		batchId: unit.batchId,
		ended: null,
		canonicalTaskId: unit.canonicalTaskId,
		failureReason: null,
		targetCopies: unit.targetCopies,
		reviewAt: review.reviewAt,
	};
	const byId = new Map(tasks.map((task) => [task.id, task]));
	const moveTask = (
		taskId: string,
		transition: TaskTransition,
		errorCode: string | null = null,
	) => plan.taskMoves.push({ taskId, transition, errorCode });
	const judge = (taskId: string, kind: Verdict["kind"]) => {
		const deviceId = byId.get(taskId)?.deviceId;
		const { appVersionId } = unit;
		if (deviceId) plan.verdicts.push({ deviceId, appVersionId, kind });
	};
	const lineage = (taskId: string) => lineageOf(taskId, byId);
	const grant = (taskId: string, amount: number) => {
		for (const { task, share } of shareCredit(lineage(taskId)))
			if (task.deviceId && task.ownerId)
				plan.grants.push({
					taskId: task.id,
					workUnitId: unit.id,
					projectId: unit.projectId,
					deviceId: task.deviceId,
					// A device without an account counts as its own owner, and gets its credit alone.
					userId: task.ownerId === task.deviceId ? null : task.ownerId,
					amount: amount * share,
				});
	};

	for (const step of review.steps) {
		switch (step.step) {
			case "loseTask":
				moveTask(step.taskId, taskLost, step.reason);
				judge(step.taskId, "lost");
				break;
			case "cancelTasks":
				for (const taskId of step.taskIds) moveTask(taskId, taskCancelled);
				break;
			case "createTasks":
				plan.newTasks.push(...numberTasks(unit, tasks, step.count));
				break;
			case "raiseTarget":
				move.targetCopies = step.targetCopies;
				break;
			case "failWorkUnit":
				move.ended = "failed";
				move.failureReason = step.reason;
				break;
			case "acceptResults": {
				move.ended = "done";
				move.canonicalTaskId = step.canonicalTaskId;
				const amount = grantCredit(
					step.valid.map((taskId) =>
						Math.min(
							sumClaims(lineage(taskId)),
							mostCredit(unit.estimatedOperations),
						),
					),
				);
				for (const taskId of step.valid) {
					moveTask(taskId, taskValid);
					judge(taskId, "valid");
					grant(taskId, amount);
				}
				for (const taskId of step.invalid) {
					moveTask(taskId, taskInvalid);
					judge(taskId, "invalid");
				}
				break;
			}
			case "judgeLate":
				moveTask(step.taskId, step.valid ? taskValid : taskInvalid);
				judge(step.taskId, step.valid ? "valid" : "invalid");
				// A late result earns what the others earned.
				if (step.valid)
					grant(step.taskId, sumGrants(lineage(unit.canonicalTaskId ?? "")));
				break;
		}
	}
	plan.workUnits.push(move);
	const changed = new Set(plan.taskMoves.map(({ taskId }) => taskId));
	for (const { id, deviceId, state } of tasks)
		if (deviceId && changed.has(id) && state !== "reported")
			plan.devicesToTell.push(deviceId);
}

function numberTasks(
	unit: DueWorkUnit,
	tasks: readonly DueTask[],
	count: number,
): NewTask[] {
	const first = Math.max(-1, ...tasks.map(({ number }) => number)) + 1;
	const left = listContinuable(tasks);
	return Array.from({ length: count }, (_, i) => ({
		id: uuidv7(),
		workUnitId: unit.id,
		batchId: unit.batchId,
		number: first + i,
		priority: unit.priority,
		continuesTaskId: left[i]?.id ?? null,
	}));
}
