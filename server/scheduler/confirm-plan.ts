import type { Exclusions } from "./lease-store.ts";
import type { PlacementPlan } from "./placement-plan.ts";

/**
 * What of a plan may still be done, now that its work units are held: tasks that still wait, on devices of owners who
 * have no copy by now; cuts of work units that are ours to cut.
 */
export function confirmPlan(
	{ placements, cuts }: Pick<PlacementPlan, "placements" | "cuts">,
	claimed: { tasks: readonly Exclusions[]; workUnitIds: readonly string[] },
): Pick<PlacementPlan, "placements" | "cuts"> {
	const tasks = new Map(claimed.tasks.map((task) => [task.taskId, task]));
	const workUnitIds = new Set(claimed.workUnitIds);
	return {
		placements: placements.filter(({ taskId, deviceId, ownerId }) => {
			const task = tasks.get(taskId);
			return (
				task !== undefined &&
				!task.excludedOwners.includes(ownerId) &&
				!task.excludedDevices.includes(deviceId)
			);
		}),
		cuts: cuts.filter(({ workUnitId }) => workUnitIds.has(workUnitId)),
	};
}
