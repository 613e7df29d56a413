import type { TaskState } from "../../database/generated/enums.ts";

/**
 * A lineage is a task and those that it goes on from: one computation that moved from device to device by checkpoints.
 *
 *   returned, with a checkpoint ◄── returned, with a checkpoint ◄── running
 *
 * It counts as one copy of the work unit, and a task is gone on from at most once, so that two copies never share a past.
 */
export interface TaskInLineage {
	id: string;
	state: TaskState;
	continuesTaskId: string | null;
	hasCheckpoint: boolean;
	progress: number;
	claimedCredit: number | null;
	grantedCredit: number | null;
}

/** The task and those before it, the newest first; empty when there is no such task. */
export function lineageOf<Task extends TaskInLineage>(
	taskId: string,
	byId: ReadonlyMap<string, Task>,
): Task[] {
	const lineage: Task[] = [];
	let task = byId.get(taskId);
	while (task && !lineage.includes(task)) {
		lineage.push(task);
		task = task.continuesTaskId ? byId.get(task.continuesTaskId) : undefined;
	}
	return lineage;
}

/** What can be gone on from: given back with a checkpoint, and nobody has yet. The farthest first. */
export function listContinuable<Task extends TaskInLineage>(
	tasks: readonly Task[],
): Task[] {
	const continued = new Set(
		tasks.map(({ continuesTaskId }) => continuesTaskId),
	);
	return tasks
		.filter(
			({ id, state, hasCheckpoint }) =>
				state === "returned" && hasCheckpoint && !continued.has(id),
		)
		.sort((a, b) => b.progress - a.progress);
}

/** What the devices of a lineage claim together: the work of one copy. */
export const sumClaims = (lineage: readonly TaskInLineage[]): number =>
	lineage.reduce((sum, { claimedCredit }) => sum + (claimedCredit ?? 0), 0);

/** What the devices of a lineage were granted together. */
export const sumGrants = (lineage: readonly TaskInLineage[]): number =>
	lineage.reduce((sum, { grantedCredit }) => sum + (grantedCredit ?? 0), 0);

/**
 * How a lineage's credit is divided: by what each device claims for its part, so that owners who needed their device
 * back lose nothing. Where nobody claims anything, the last one has it all. The shares add up to 1.
 */
export function shareCredit<Task extends TaskInLineage>(
	lineage: readonly Task[],
): { task: Task; share: number }[] {
	const sum = sumClaims(lineage);
	if (sum === 0) return lineage.slice(0, 1).map((task) => ({ task, share: 1 }));
	return lineage
		.filter(({ claimedCredit }) => claimedCredit)
		.map((task) => ({ task, share: (task.claimedCredit ?? 0) / sum }));
}
