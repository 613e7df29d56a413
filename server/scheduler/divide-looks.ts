import type { BatchChoice } from "./choose-batches.ts";
import type { BatchLook } from "./lease-store.ts";

/** So many tasks are looked at in a tick, or a few more. */
const MOST_TASKS = 4000;
/** Of each batch at the least, so that some may not fit. */
const FEWEST_TASKS = 20;
/** For each free core: some do not fit, and some devices take several. */
const TASKS_A_CORE = 4;

/**
 * How many tasks of each batch to look at: as many for a project with one batch as for one with a hundred, so that none
 * gets more than its share for having more to show.
 * @param spread how many times as far as usual to look, by chance, because other processes plan with the same tasks
 */
export function divideLooks(
	batches: BatchChoice["batches"],
	freeCores: number,
	spread: number,
	random: () => number,
): BatchLook[] {
	const batchesOf = new Map<string, number>();
	for (const { projectId } of batches)
		batchesOf.set(projectId, (batchesOf.get(projectId) ?? 0) + 1);
	const ofProject = Math.min(
		freeCores * TASKS_A_CORE,
		MOST_TASKS / Math.max(1, batchesOf.size),
	);
	return batches.map(({ batchId, projectId }) => {
		const most = Math.max(
			FEWEST_TASKS,
			Math.ceil(ofProject / (batchesOf.get(projectId) ?? 1)),
		);
		return { batchId, most, skip: most * Math.floor(random() * (spread + 1)) };
	});
}
