import type { WantedTask } from "../core/plan.ts";
import type { Wanted } from "../core/protocol.ts";

/**
 * What the server wants on this device, as it has said last. Every list is the whole one. A list that crossed our last
 * report on the wire still has what is done: so the tasks that the server has nothing more to ask about are kept in
 * mind until a list no longer mentions them. One that it no longer mentions does not come back.
 */
export class WantedTasks {
	#list: Wanted | undefined;
	#tasks: ReadonlyMap<string, WantedTask> | undefined;
	readonly #finished = new Set<string>();

	/** Takes in a new list. */
	hear(list: Wanted): void {
		const manifests = new Map(
			list.manifests.map((manifest) => [manifest.appVersionId, manifest]),
		);
		const tasks = new Map(
			list.assignments.map((assignment): [string, WantedTask] => [
				assignment.taskId,
				{ assignment, manifest: manifests.get(assignment.appVersionId) },
			]),
		);
		this.#list = list;
		this.#tasks = tasks;
		for (const taskId of this.#finished)
			if (!tasks.has(taskId)) this.#finished.delete(taskId);
	}

	/** The owner's or an admin's wish, as the server passes it on. */
	get wishes(): { paused: boolean; draining: boolean } {
		const { paused = false, draining = false } = this.#list ?? {};
		return { paused, draining };
	}

	/** Whether somebody looks at this device right now. */
	get isWatched(): boolean {
		return this.#list?.watch.samples ?? false;
	}

	/** The whole list; undefined until the server has spoken since we started. */
	get all(): ReadonlyMap<string, WantedTask> | undefined {
		return this.#tasks;
	}

	/** The list without what is done. */
	get unfinished(): ReadonlyMap<string, WantedTask> | undefined {
		return (
			this.#tasks &&
			new Map(
				[...this.#tasks].filter(([taskId]) => !this.#finished.has(taskId)),
			)
		);
	}

	/** What the server has said last of a task, with the freshest addresses. */
	find(taskId: string): WantedTask | undefined {
		return this.#tasks?.get(taskId);
	}

	/** The server has nothing more to ask about this task. */
	finish(taskId: string): void {
		this.#finished.add(taskId);
	}
}
