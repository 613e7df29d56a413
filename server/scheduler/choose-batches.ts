/** A project's batches with something to place: by priority, the oldest of one priority first. */
export interface ProjectQueue {
	projectId: string;
	batchIds: readonly string[];
}

export interface Waiting {
	queues: readonly ProjectQueue[];
	/** The batches of all queues, in the order of their ids. */
	all: readonly string[];
}

export interface BatchChoice {
	/** Of each project in the order of its queue. */
	batches: { batchId: string; projectId: string }[];
	/** Where the round goes on the next time. */
	after: string;
}

/**
 * The batches to look at in one tick: at most `most`, half of them because it is their turn, half in a round through all.
 *
 *   turn   The projects in the order of their marks, again and again, each with the next batch of its queue that was
 *          not looked at in vain lately.
 *   round  All batches in the order of their ids, so that each is looked at within batches / (most / 2) ticks,
 *          whatever its priority is and however many others nobody can run.
 *
 * @param markOf the project's mark (project-shares.ts): the lower, the sooner
 * @param inVain batches of which nothing could be placed lately: only the round comes to them
 * @param after where the round goes on: what was answered the last time, or ""
 */
export function chooseBatches(
	{ queues, all }: Waiting,
	markOf: (projectId: string) => number,
	inVain: (batchId: string) => boolean,
	after: string,
	most: number,
): BatchChoice {
	const round = listRound(all, after, Math.ceil(most / 2));
	const chosen = new Set(round);
	let turns = queues
		.toSorted((a, b) => markOf(a.projectId) - markOf(b.projectId))
		.map(({ batchIds }) => ({ batchIds, next: 0 }));
	while (chosen.size < most && turns.length > 0) {
		for (const turn of turns) {
			const isNext = (id: string) => !chosen.has(id) && !inVain(id);
			while (turn.next < turn.batchIds.length) {
				const id = turn.batchIds[turn.next++] as string;
				if (!isNext(id)) continue;
				if (chosen.size < most) chosen.add(id);
				break;
			}
		}
		turns = turns.filter(({ batchIds, next }) => next < batchIds.length);
	}
	// What room is left is for those that will probably be in vain again.
	for (const id of listRound(all, round.at(-1) ?? "", most)) {
		if (chosen.size >= most) break;
		chosen.add(id);
	}
	return {
		batches: queues.flatMap(({ projectId, batchIds }) =>
			batchIds
				.filter((batchId) => chosen.has(batchId))
				.map((batchId) => ({ batchId, projectId })),
		),
		after: round.at(-1) ?? "",
	};
}

/** The next ids in a ring. */
function listRound(
	sorted: readonly string[],
	after: string,
	most: number,
): string[] {
	const next = sorted.findIndex((id) => id > after);
	const from = Math.max(0, next);
	const first = sorted.slice(from, from + most);
	return [...first, ...sorted.slice(0, Math.min(from, most - first.length))];
}
