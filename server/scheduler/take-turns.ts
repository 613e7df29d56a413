import type { PlannedTask, WaitingTask } from "./placement-plan.ts";

/** What a task costs its project: the core seconds that it will take. */
export const costOf = ({
	needs,
	runTime,
}: Pick<PlannedTask, "needs" | "runTime">): number =>
	needs.cores * runTime.medianSeconds;

/**
 * Puts tasks into the order in which they may choose a device: always one of the project whose mark is lowest, of one
 * project in the order given. Who is placed says so with `placed`, which moves its project's mark; a task that finds
 * nothing costs nothing and its project's next one follows.
 */
export class Turns implements Iterable<WaitingTask> {
	readonly #marks: Map<string, number>;
	readonly #lines = new Map<string, WaitingTask[]>();
	readonly #projectOf: (batchId: string) => string | undefined;

	/** @param marks the projects' marks (project-shares.ts); they are not changed */
	constructor(
		waiting: readonly WaitingTask[],
		projectOf: (batchId: string) => string | undefined,
		marks: ReadonlyMap<string, number>,
	) {
		this.#projectOf = projectOf;
		this.#marks = new Map(marks);
		for (const task of waiting) {
			const projectId = projectOf(task.batchId) ?? "";
			const line = this.#lines.get(projectId);
			if (line) line.push(task);
			else this.#lines.set(projectId, [task]);
		}
	}

	*[Symbol.iterator](): Generator<WaitingTask> {
		const lines = [...this.#lines].map(([projectId, tasks]) => ({
			projectId,
			tasks,
			next: 0,
		}));
		while (lines.length > 0) {
			let first = lines[0] as (typeof lines)[number];
			for (const line of lines)
				if (this.#markOf(line.projectId) < this.#markOf(first.projectId))
					first = line;
			const task = first.tasks[first.next++];
			if (task) yield task;
			else lines.splice(lines.indexOf(first), 1);
		}
	}

	placed(task: PlannedTask): void {
		const projectId = this.#projectOf(task.batchId) ?? "";
		this.#marks.set(projectId, this.#markOf(projectId) + costOf(task));
	}

	#markOf(projectId: string): number {
		return this.#marks.get(projectId) ?? 0;
	}
}
