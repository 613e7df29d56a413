import type { ObservedTask } from "../plan.ts";

/**
 * Tasks that stand still for longer than their batch allows, with what it allows in seconds. Pure.
 * @param waiting since when each stands still
 */
export function listOverdueFrozenTasks(
	tasks: ReadonlyMap<string, Pick<ObservedTask, "assignment" | "reported">>,
	waiting: ReadonlyMap<string, number>,
	nowMs: number,
): [taskId: string, maxFrozenSeconds: number][] {
	return [...tasks].flatMap(([taskId, { assignment, reported }]) => {
		const sinceMs = waiting.get(taskId);
		if (!assignment || reported || sinceMs === undefined) return [];
		const { maxFrozenSeconds } = assignment;
		return nowMs - sinceMs >= maxFrozenSeconds * 1000
			? [[taskId, maxFrozenSeconds] as [string, number]]
			: [];
	});
}
