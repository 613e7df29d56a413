import type { Services } from "../services.ts";
import type { Waiting } from "./choose-batches.ts";
import { NO_RECORDS } from "./estimate-run-time.ts";
import type { BatchNeeds } from "./placement-plan.ts";
import { listBatchNeeds, listProjectQueues } from "./queue-store.ts";
import type { RunTimeBook } from "./run-time-book.ts";

/** The list is read anew after this, or after so many times as long as reading it took: it never costs more than a tenth. */
const LIST_AGE_MS = 100;
const READING_SHARE = 10;
/** What batches need does not change, but for what people call things. */
const NEEDS_AGE_MS = 60_000;

/**
 * The batches that have something to place, kept for a moment: with ten thousand of them to read the list takes longer
 * than a tick may. A batch that is stopped meanwhile is still here, which is why leases look at its state themselves.
 */
export class RunnableBatches {
	readonly #db: Services["db"];
	readonly #runTimes: RunTimeBook;
	#waiting: Waiting = { queues: [], all: [] };
	#readAgainAt = 0;
	readonly #needs = new Map<
		string,
		{
			needs: Omit<BatchNeeds, "runTimes"> & { appVersionId: string };
			readAt: number;
		}
	>();

	constructor(db: Services["db"], runTimes: RunTimeBook) {
		this.#db = db;
		this.#runTimes = runTimes;
	}

	/** `isNew`: it was read just now. */
	async list(): Promise<{ waiting: Waiting; isNew: boolean }> {
		const begun = performance.now();
		if (begun < this.#readAgainAt)
			return { waiting: this.#waiting, isNew: false };
		const queues = await listProjectQueues(this.#db);
		this.#waiting = {
			queues,
			all: queues.flatMap(({ batchIds }) => batchIds).sort(),
		};
		const now = performance.now();
		this.#readAgainAt =
			now + Math.max(LIST_AGE_MS, READING_SHARE * (now - begun));
		const here = new Set(this.#waiting.all);
		for (const id of this.#needs.keys())
			if (!here.has(id)) this.#needs.delete(id);
		return { waiting: this.#waiting, isNew: true };
	}

	/** What tasks of these batches need and how long they take. Batches that are gone are absent. */
	async needsOf(batchIds: readonly string[]): Promise<Map<string, BatchNeeds>> {
		const now = performance.now();
		const unknown = batchIds.filter((id) => {
			const known = this.#needs.get(id);
			return !known || now - known.readAt > NEEDS_AGE_MS;
		});
		if (unknown.length > 0)
			for (const needs of await listBatchNeeds(this.#db, unknown))
				this.#needs.set(needs.batchId, { needs, readAt: now });
		const known = batchIds.flatMap((id) => this.#needs.get(id)?.needs ?? []);
		const runTimes = await this.#runTimes.of(
			new Set(known.map(({ appVersionId }) => appVersionId)),
		);
		return new Map(
			known.map(({ appVersionId, ...needs }) => [
				needs.batchId,
				{ ...needs, runTimes: runTimes.get(appVersionId) ?? NO_RECORDS },
			]),
		);
	}
}
