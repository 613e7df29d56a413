import type {
	Assignment,
	GuardReason,
	SignedManifest,
	TaskErrorCode,
} from "./protocol.ts";

/**
 * What to do next, from what the server wants and what is there. Pure: the same look gives the same steps. Nothing
 * here remembers; whatever was cut short by a crash is simply found by the next look.
 *
 *   wanted ─ take ─► assignment.json ─ fetch image, inputs ─ start ─► container runs ─ supervise ─► exited
 *                                                                                                    │
 *   forget ◄─ answered ─ send report ◄─ remove container ◄─ report.json ◄─ collect ◄─────────────────┘
 *
 * Anything that must end a task early (deadline, a limit, the owner) first writes ending.json and then collects.
 * While the owner is busy containers stand frozen, by the guard and not by a plan; then nothing is started.
 */
export type Step =
	| {
			action: "takeTask";
			taskId: string;
			assignment: Assignment;
			manifest: SignedManifest | undefined;
	  }
	| { action: "fetchImage"; taskId: string; archiveSha256: string }
	| { action: "fetchInputs"; taskId: string }
	| { action: "startTask"; taskId: string }
	| { action: "superviseTask"; taskId: string; containerId: string }
	| { action: "unpauseTask"; taskId: string; containerId: string }
	| { action: "startOver"; taskId: string }
	| { action: "endTask"; taskId: string; ending: Ending }
	| { action: "collectTask"; taskId: string }
	| { action: "removeContainer"; taskId: string; containerId: string }
	| { action: "sendReport"; taskId: string }
	| { action: "forgetTask"; taskId: string }
	| { action: "removeOrphan"; containerId: string };

/** Why a task ends before its program did. */
export interface Ending {
	outcome: "failed" | "returned";
	errorCode: TaskErrorCode;
	errorDetail: string;
	/** The program is given some seconds to write to /checkpoint. */
	askForCheckpoint?: boolean | undefined;
	/** Why the guard wants it gone, for the record of its checkpoint. */
	guardReason?: GuardReason | undefined;
}

export interface ObservedContainer {
	id: string;
	state: "created" | "running" | "paused" | "exited";
	exitCode: number;
	/** The kernel killed something in it because the memory limit was reached. */
	memoryKilled: boolean;
}

/** A task as its folder and its container show it. */
export interface ObservedTask {
	/** Absent when the folder is gone or unreadable and only a container tells of the task. */
	assignment:
		| {
				deadline: Date;
				cores: number;
				memoryMiB: number;
				archiveSha256: string;
				maxFrozenSeconds: number;
				projectId: string;
		  }
		| undefined;
	imageReady: boolean;
	inputsReady: boolean;
	container: ObservedContainer | undefined;
	ending: Ending | undefined;
	/** report.json is there. */
	reported: boolean;
	/** How often it was started over after an interruption. */
	attempts: number;
}

export interface Observed {
	tasks: ReadonlyMap<string, ObservedTask>;
	/** Containers with our label that belong to no task. */
	orphans: readonly string[];
	connected: boolean;
}

/** How many tasks have a container, whatever its state. */
export const countContainers = (observed: Observed | undefined): number =>
	[...(observed?.tasks.values() ?? [])].filter(({ container }) => container)
		.length;

export interface WantedTask {
	assignment: Assignment;
	manifest: SignedManifest | undefined;
}

/** What should be on the device: the server's list, and what the owner and the guard let of it. */
export interface WantedState {
	/** The server's whole list; undefined until it has spoken since we started: then what is on disk counts. */
	tasks: ReadonlyMap<string, WantedTask> | undefined;
	/** Everything that runs must be given back, and why. */
	giveBack:
		| { errorCode: TaskErrorCode; reason: string; askForCheckpoint?: boolean }
		| undefined;
	/** Single tasks that must be given back, running or only offered to us. */
	endings: ReadonlyMap<string, Ending>;
	/** We stand aside: what runs is frozen, nothing is started. */
	frozen: boolean;
	/** Why nothing new is taken; undefined when it is. */
	takeNothing: { errorCode: TaskErrorCode; reason: string } | undefined;
	/** What this device lends at the most. */
	capacity: { cores: number; memoryMiB: number };
}

/** After so many interruptions by a dying engine or machine, its end counts as the program's own. */
export const MAX_ATTEMPTS = 3;

export function plan(
	wanted: WantedState,
	observed: Observed,
	now: Date,
): Step[] {
	const steps: Step[] = observed.orphans.map((containerId) => ({
		action: "removeOrphan",
		containerId,
	}));
	const fetching = new Set<string>();
	const ready: string[] = [];
	for (const [taskId, task] of observed.tasks) {
		for (const step of planTask(
			taskId,
			task,
			wanted,
			observed.connected,
			now,
		)) {
			if (step.action === "startTask") ready.push(taskId);
			else if (step.action !== "fetchImage") steps.push(step);
			// Tasks that wait for the same image wait for one download.
			else if (!fetching.has(step.archiveSha256)) {
				fetching.add(step.archiveSha256);
				steps.push(step);
			}
		}
	}
	return [
		...steps,
		...(wanted.frozen ? [] : planStarts(ready, wanted, observed)),
		...planNew(wanted, observed),
	];
}

function planTask(
	taskId: string,
	task: ObservedTask,
	wanted: WantedState,
	connected: boolean,
	now: Date,
): Step[] {
	const { container } = task;
	if (task.reported) {
		if (container)
			return [{ action: "removeContainer", taskId, containerId: container.id }];
		return connected ? [{ action: "sendReport", taskId }] : [];
	}
	if (wanted.tasks && !wanted.tasks.has(taskId))
		return [{ action: "forgetTask", taskId }];
	if (task.ending) return [{ action: "collectTask", taskId }];
	// Half a task (its folder was lost) is begun anew if it is still wanted.
	if (!task.assignment) return [{ action: "forgetTask", taskId }];
	// What has finished counts, even when it finished while it was to be ended.
	if (container?.state === "exited") return planExited(taskId, task, container);
	const ending =
		wanted.endings.get(taskId) ?? reasonToEnd(task.assignment, wanted, now);
	if (ending) return [{ action: "endTask", taskId, ending }];
	// One that the engine paused for us is stayed with like one that runs.
	if (
		container?.state === "running" ||
		(container?.state === "paused" && wanted.frozen)
	)
		return [{ action: "superviseTask", taskId, containerId: container.id }];
	if (container?.state === "paused")
		return [{ action: "unpauseTask", taskId, containerId: container.id }];
	return planPreparation(taskId, task, task.assignment.archiveSha256);
}

function planPreparation(
	taskId: string,
	task: ObservedTask,
	archiveSha256: string,
): Step[] {
	const steps: Step[] = [];
	if (!task.imageReady)
		steps.push({ action: "fetchImage", taskId, archiveSha256 });
	if (!task.inputsReady) steps.push({ action: "fetchInputs", taskId });
	return steps.length ? steps : [{ action: "startTask", taskId }];
}

/**
 * A container that was killed from outside (the engine or the machine went down) says nothing about its program:
 * the task is run again from its beginning, a few times.
 */
function planExited(
	taskId: string,
	task: ObservedTask,
	container: ObservedContainer,
): Step[] {
	const interrupted =
		[137, 143, 255].includes(container.exitCode) && !container.memoryKilled;
	return interrupted && task.attempts < MAX_ATTEMPTS
		? [{ action: "startOver", taskId }]
		: [{ action: "collectTask", taskId }];
}

function reasonToEnd(
	needs: NonNullable<ObservedTask["assignment"]>,
	{ giveBack, capacity }: WantedState,
	now: Date,
): Ending | undefined {
	if (giveBack)
		return {
			outcome: "returned",
			errorCode: giveBack.errorCode,
			errorDetail: giveBack.reason,
			...(giveBack.askForCheckpoint
				? { askForCheckpoint: true, guardReason: "hours" }
				: {}),
		};
	if (now >= needs.deadline)
		return {
			outcome: "failed",
			errorCode: "timeLimit",
			errorDetail: `It was not done by its deadline, ${needs.deadline.toISOString()}.`,
		};
	if (needs.cores > capacity.cores || needs.memoryMiB > capacity.memoryMiB)
		return {
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
			errorDetail: `It needs ${needs.cores} cores and ${needs.memoryMiB} MiB; this device lends ${capacity.cores} and ${capacity.memoryMiB} MiB at the most.`,
		};
	return undefined;
}

/** Starts what fits beside what runs, the most urgent first. */
function planStarts(
	ready: string[],
	wanted: WantedState,
	{ tasks }: Observed,
): Step[] {
	const free = { ...wanted.capacity };
	for (const { container, assignment } of tasks.values())
		if (
			assignment &&
			(container?.state === "running" || container?.state === "paused")
		) {
			free.cores -= assignment.cores;
			free.memoryMiB -= assignment.memoryMiB;
		}
	const deadline = (taskId: string) =>
		tasks.get(taskId)?.assignment?.deadline.getTime() ?? 0;
	const urgentFirst = ready.toSorted(
		(a, b) => deadline(a) - deadline(b) || (a < b ? -1 : 1),
	);
	return urgentFirst.flatMap((taskId): Step[] => {
		const needs = tasks.get(taskId)?.assignment;
		if (!needs) return [];
		// A tenth of a thousandth: sums of tenths are not exact.
		if (needs.cores > free.cores + 1e-4 || needs.memoryMiB > free.memoryMiB)
			return [];
		free.cores -= needs.cores;
		free.memoryMiB -= needs.memoryMiB;
		return [{ action: "startTask", taskId }];
	});
}

function planNew(wanted: WantedState, { tasks }: Observed): Step[] {
	const refusal = wanted.giveBack ?? wanted.takeNothing;
	return [...(wanted.tasks ?? [])]
		.filter(([taskId]) => !tasks.has(taskId))
		.map(([taskId, task]): Step => {
			const own = wanted.endings.get(taskId);
			if (own) return { action: "endTask", taskId, ending: own };
			if (!refusal) return { action: "takeTask", taskId, ...task };
			const ending: Ending = {
				outcome: "returned",
				errorCode: refusal.errorCode,
				errorDetail: refusal.reason,
			};
			return { action: "endTask", taskId, ending };
		});
}
