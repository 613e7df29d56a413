/** A project may be owed, or have taken ahead, as much as so many of the largest tasks that were handed out lately. */
const MOST_APART_TASKS = 8;
/** Each charge takes this off what counts as the largest, so that a giant is forgotten. */
const FORGETTING = 0.999;

/**
 * Shares devices out between the projects that want them: start-time fair queueing (Goyal, Vin and Cheng, 1996), all
 * projects of one weight, with a clock that goes on as a perfectly even division would.
 *
 * Each project has a mark: the core seconds that were handed to it. Whoever's mark is lowest is next
 * (take-turns.ts), so that marks stay together and each project gets its share however many batches it has and
 * whatever their priority is. What must stay true:
 *
 *   - Only work that was really leased moves a mark: who cannot be placed pays nothing.
 *   - Nobody saves up and nobody pays for long. Who comes, or comes back, begins where the even division stands; who had
 *     devices to itself, or could use none, is no further from it than a few tasks. Otherwise a project that was alone
 *     for a night would get nothing for the whole of the next day.
 *
 * The marks are this process's own and are lost with it; then everybody begins at one place again.
 */
export class ProjectShares {
	/** Where all marks would be, had everything been divided evenly. */
	#even = 0;
	#largest = 0;
	readonly #marks = new Map<string, number>();

	/** From now on these want something and no others. */
	want(projectIds: Iterable<string>): void {
		const wanting = new Set(projectIds);
		for (const id of this.#marks.keys())
			if (!wanting.has(id) && this.markOf(id) <= this.#even)
				this.#marks.delete(id);
		const apart = MOST_APART_TASKS * this.#largest;
		for (const id of wanting) {
			const mark = Math.min(this.markOf(id), this.#even + apart);
			this.#marks.set(id, Math.max(mark, this.#even - apart));
		}
	}

	markOf(projectId: string): number {
		return this.#marks.get(projectId) ?? this.#even;
	}

	/** All marks, for a plan that goes on from them. */
	get marks(): ReadonlyMap<string, number> {
		return this.#marks;
	}

	/** Work was leased for the project. */
	charge(projectId: string, coreSeconds: number): void {
		this.#marks.set(projectId, this.markOf(projectId) + coreSeconds);
		this.#largest = Math.max(coreSeconds, this.#largest * FORGETTING);
		this.#even += coreSeconds / this.#marks.size;
	}
}
