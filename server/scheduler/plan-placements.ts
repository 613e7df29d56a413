import { placeTasks } from "./place-tasks.ts";
import type {
	BatchNeeds,
	DeviceOffer,
	PlacementPlan,
	WaitingTask,
} from "./placement-plan.ts";
import { Turns } from "./take-turns.ts";

/** All that a plan is made from. */
export interface PlacementQuestion {
	tasks: readonly WaitingTask[];
	batches: ReadonlyMap<string, BatchNeeds>;
	offers: readonly DeviceOffer[];
	/** The projects' marks (project-shares.ts). */
	marks: ReadonlyMap<string, number>;
	now: Date;
}

/** Places tasks on devices, each project in its turn. Pure: same question and `random`, same plan. */
export function planPlacements(
	{ tasks, batches, offers, marks, now }: PlacementQuestion,
	random: () => number,
): PlacementPlan {
	const turns = new Turns(tasks, (id) => batches.get(id)?.projectId, marks);
	return placeTasks(turns, batches, offers, now, random, (task) =>
		turns.placed(task),
	);
}
