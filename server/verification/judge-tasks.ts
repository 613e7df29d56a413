/** A reported task as the judgement sees it. */
export interface Candidate {
	taskId: string;
	/** All who had a hand in it: one, or several when it went on from a checkpoint. None: it stands for itself. */
	ownerIds: readonly string[];
}

export type Judgement =
	| {
			verdict: "agreed";
			canonicalTaskId: string;
			valid: string[];
			invalid: string[];
	  }
	/** `missing`: how many more tasks could bring an agreement about, if all went well. */
	| { verdict: "undecided"; missing: number };

/**
 * Finds the tasks whose outputs agree. The canonical one is the first (in the order given) that at least `quorum` tasks,
 * itself included, agree with; those are valid, the others invalid. Tolerance makes agreement intransitive, which is
 * why everything is held against the canonical one and not against its neighbours.
 *
 * Must stay true: with a quorum of two or more, the devices of a single owner never decide alone.
 */
export function judgeTasks(
	candidates: readonly Candidate[],
	quorum: number,
	agree: (taskId: string, otherTaskId: string) => boolean,
): Judgement {
	let missing = Math.max(1, quorum);
	for (const candidate of candidates) {
		const valid = candidates.filter(
			(other) => other === candidate || agree(candidate.taskId, other.taskId),
		);
		const votes = countVotes(valid, quorum);
		if (votes >= quorum) {
			const accepted = new Set(valid);
			return {
				verdict: "agreed",
				canonicalTaskId: candidate.taskId,
				valid: valid.map(({ taskId }) => taskId),
				invalid: candidates
					.filter((other) => !accepted.has(other))
					.map(({ taskId }) => taskId),
			};
		}
		missing = Math.min(missing, quorum - votes);
	}
	return { verdict: "undecided", missing };
}

/** Tasks that agree, except that where one owner had a hand in all of them they stay one short of a quorum. */
function countVotes(tasks: readonly Candidate[], quorum: number): number {
	const [first, ...others] = tasks;
	const inAll = first?.ownerIds.some((owner) =>
		others.every(({ ownerIds }) => ownerIds.includes(owner)),
	);
	return inAll ? Math.min(tasks.length, Math.max(1, quorum - 1)) : tasks.length;
}
