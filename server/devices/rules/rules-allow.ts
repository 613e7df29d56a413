import type { OwnerRules } from "../../../agent/core/protocol.ts";

/** What of a task the owner's rules ask about. */
export interface TaskToAllow {
	projectId: string;
	/** The project's science area. */
	area: string;
	/** How long it is expected to run on this device; null: nobody knows. */
	estimatedSeconds: number | null;
}

export type RulesOnTasks = Pick<
	OwnerRules,
	"projects" | "areas" | "neverProjects" | "neverAreas" | "longestTaskMinutes"
>;

/**
 * Whether the owner of a device wants such a task on it. Each list narrows what is left by the others, so that a device,
 * which knows projects but no areas, never refuses what is allowed here. A task of unknown length is taken: the device
 * gives it back by itself when it needs to.
 */
export function rulesAllow(rules: RulesOnTasks, task: TaskToAllow): boolean {
	return (
		includes(rules.projects, task.projectId) &&
		includes(rules.areas, task.area) &&
		!rules.neverProjects.includes(task.projectId) &&
		!rules.neverAreas.includes(task.area) &&
		isShortEnough(rules, task)
	);
}

/** Null: all. */
const includes = (list: readonly string[] | null, item: string): boolean =>
	list === null || list.includes(item);

const isShortEnough = (
	{ longestTaskMinutes }: RulesOnTasks,
	{ estimatedSeconds }: TaskToAllow,
): boolean =>
	longestTaskMinutes === null ||
	estimatedSeconds === null ||
	estimatedSeconds <= longestTaskMinutes * 60;
