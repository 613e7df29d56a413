import type {
	TaskState,
	WorkUnitState,
} from "../../database/generated/enums.ts";
import type { Judgement } from "../../verification/judge-tasks.ts";

/** A task as the review sees it. */
export interface ReviewedTask {
	id: string;
	state: TaskState;
	leaseExpiresAt: Date | null;
	deadlineAt: Date | null;
	/** Since when its device has been silent; null while it is online. */
	silentSince: Date | null;
	deviceRetired: boolean;
}

/** A work unit, the rules of its batch and its tasks. */
export interface ReviewedWorkUnit {
	state: WorkUnitState;
	quorum: number;
	targetCopies: number;
	maxErrors: number;
	maxTotal: number;
	deadlineSeconds: number;
	tasks: readonly ReviewedTask[];
}

export type LossReason =
	| "deadlinePassed"
	| "leaseExpired"
	| "deviceSilent"
	| "deviceRetired";
export type FailureReason = "tooManyErrors" | "tooManyTasks";

export type ReviewStep =
	| { step: "loseTask"; taskId: string; reason: LossReason }
	| { step: "cancelTasks"; taskIds: string[] }
	| { step: "createTasks"; count: number }
	/** The results agree: the work unit is done. */
	| {
			step: "acceptResults";
			canonicalTaskId: string;
			valid: string[];
			invalid: string[];
	  }
	/** A result that came after the work unit was done, held against the canonical one. */
	| { step: "judgeLate"; taskId: string; valid: boolean }
	| { step: "raiseTarget"; targetCopies: number }
	| { step: "failWorkUnit"; reason: FailureReason };

export interface Review {
	steps: ReviewStep[];
	/** When to look again although nothing happened; null: only when something happens. */
	reviewAt: Date | null;
}

/** Tasks that may still bring a result. */
const LIVE: readonly TaskState[] = [
	"unsent",
	"leased",
	"preparing",
	"running",
	"paused",
];
const ON_DEVICE: readonly TaskState[] = [
	"leased",
	"preparing",
	"running",
	"paused",
];
const ERRORS: readonly TaskState[] = ["errored", "invalid"];
/** These cost nobody anything, the researcher's limits included. */
const FREE: readonly TaskState[] = ["returned", "cancelled"];

/**
 * How long a device may be silent before its tasks are given up: a tenth of the deadline, between one minute and half
 * an hour. A result that comes later is still taken while the work unit is open.
 */
export const silenceAllowedMs = (deadlineSeconds: number): number =>
	Math.min(30 * 60_000, Math.max(60_000, deadlineSeconds * 100));

/**
 * What a work unit needs now. Pure; the steps are carried out in one transaction, after which reviewing again answers
 * with no steps (a property test holds this).
 *
 * @param judge  judges the reported tasks; only called when there are enough of them
 * @param agreesWithCanonical  for a result that comes after the work unit was done
 */
export function reviewWorkUnit(
	unit: ReviewedWorkUnit,
	now: Date,
	judge: (reportedTaskIds: string[]) => Judgement,
	agreesWithCanonical: (taskId: string) => boolean,
): Review {
	const losses = findLosses(unit, now);
	const lost = new Set(losses.map(({ taskId }) => taskId));
	const tasks = unit.tasks.map(
		(task): ReviewedTask =>
			lost.has(task.id) ? { ...task, state: "lost" } : task,
	);
	const rest =
		unit.state === "open"
			? reviewOpen({ ...unit, tasks }, judge)
			: reviewEnded({ ...unit, tasks }, agreesWithCanonical);
	const ended =
		unit.state !== "open" ||
		rest.some(
			({ step }) => step === "failWorkUnit" || step === "acceptResults",
		);
	return {
		steps: [...losses, ...rest],
		reviewAt: nextLook(tasks, rest, ended, unit.deadlineSeconds, now),
	};
}

function findLosses(unit: ReviewedWorkUnit, now: Date) {
	return unit.tasks.flatMap((task) => {
		if (!ON_DEVICE.includes(task.state)) return [];
		const reason = lossOf(task, unit.deadlineSeconds, now);
		return reason
			? [{ step: "loseTask" as const, taskId: task.id, reason }]
			: [];
	});
}

function lossOf(
	task: ReviewedTask,
	deadlineSeconds: number,
	now: Date,
): LossReason | undefined {
	if (task.deviceRetired) return "deviceRetired";
	if (task.deadlineAt && task.deadlineAt <= now) return "deadlinePassed";
	if (
		task.state === "leased" &&
		task.leaseExpiresAt &&
		task.leaseExpiresAt <= now
	)
		return "leaseExpired";
	if (
		task.silentSince &&
		task.silentSince.getTime() + silenceAllowedMs(deadlineSeconds) <=
			now.getTime()
	)
		return "deviceSilent";
	return undefined;
}

function reviewOpen(
	unit: ReviewedWorkUnit,
	judge: (ids: string[]) => Judgement,
): ReviewStep[] {
	const count = (states: readonly TaskState[]) =>
		unit.tasks.filter(({ state }) => states.includes(state)).length;
	const idsOf = (states: readonly TaskState[]) =>
		unit.tasks
			.filter(({ state }) => states.includes(state))
			.map(({ id }) => id);

	const reported = idsOf(["reported"]);
	// Fewer copies than must agree could never end.
	let target = Math.max(unit.targetCopies, unit.quorum);
	const steps: ReviewStep[] = [];
	if (reported.length >= unit.quorum) {
		const judgement = judge(reported);
		if (judgement.verdict === "agreed")
			return acceptResults(judgement, idsOf(["unsent", "leased", "preparing"]));
		target = Math.max(target, reported.length + judgement.missing);
		if (target !== unit.targetCopies)
			steps.push({ step: "raiseTarget", targetCopies: target });
	}

	if (count(ERRORS) > unit.maxErrors)
		return fail("tooManyErrors", idsOf([...LIVE, "reported"]));
	const needed = target - count(LIVE) - reported.length;
	const allowed =
		unit.maxTotal -
		unit.tasks.filter(({ state }) => !FREE.includes(state)).length;
	if (needed > 0 && allowed > 0)
		steps.push({ step: "createTasks", count: Math.min(needed, allowed) });
	// Nothing is on its way and nothing more may be made: what is there will never agree.
	if (needed > 0 && allowed <= 0 && count(LIVE) === 0)
		return fail("tooManyTasks", reported);
	return steps;
}

function acceptResults(
	judgement: Extract<Judgement, { verdict: "agreed" }>,
	notBegun: string[],
): ReviewStep[] {
	const { canonicalTaskId, valid, invalid } = judgement;
	const accept: ReviewStep = {
		step: "acceptResults",
		canonicalTaskId,
		valid,
		invalid,
	};
	// What runs already may finish: its device deserves the credit.
	return notBegun.length
		? [accept, { step: "cancelTasks", taskIds: notBegun }]
		: [accept];
}

function fail(reason: FailureReason, taskIds: string[]): ReviewStep[] {
	const failure: ReviewStep = { step: "failWorkUnit", reason };
	return taskIds.length
		? [failure, { step: "cancelTasks", taskIds }]
		: [failure];
}

/** Done, failed or cancelled: late results are judged if there is something to hold them against; the rest is stopped. */
function reviewEnded(
	unit: ReviewedWorkUnit,
	agreesWithCanonical: (taskId: string) => boolean,
): ReviewStep[] {
	const useless: TaskState[] =
		unit.state === "done"
			? ["unsent", "leased", "preparing"]
			: [...LIVE, "reported"];
	const taskIds = unit.tasks
		.filter(({ state }) => useless.includes(state))
		.map(({ id }) => id);
	const late =
		unit.state === "done"
			? unit.tasks.filter(({ state }) => state === "reported")
			: [];
	const steps: ReviewStep[] = late.map(({ id }) => ({
		step: "judgeLate",
		taskId: id,
		valid: agreesWithCanonical(id),
	}));
	return taskIds.length ? [...steps, { step: "cancelTasks", taskIds }] : steps;
}

function nextLook(
	tasks: readonly ReviewedTask[],
	steps: readonly ReviewStep[],
	ended: boolean,
	deadlineSeconds: number,
	now: Date,
): Date | null {
	const cancelled = new Set(
		steps.flatMap((step) => (step.step === "cancelTasks" ? step.taskIds : [])),
	);
	const times = tasks
		.filter(({ id, state }) => ON_DEVICE.includes(state) && !cancelled.has(id))
		.filter(({ state }) => !ended || state === "running" || state === "paused")
		.flatMap(({ state, leaseExpiresAt, deadlineAt, silentSince }) => [
			deadlineAt?.getTime() ?? [],
			state === "leased" ? (leaseExpiresAt?.getTime() ?? []) : [],
			silentSince
				? silentSince.getTime() + silenceAllowedMs(deadlineSeconds)
				: [],
		])
		.flat();
	return times.length
		? new Date(Math.max(now.getTime(), Math.min(...times)))
		: null;
}
