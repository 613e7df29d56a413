import type { Services } from "../services.ts";
import {
	forgetOldWaits,
	forgetWaitsOf,
	noteBatchWaits,
	type StoredReasons,
} from "../work-units/batches/batch-wait-store.ts";
import type { WaitReasons } from "./placement-plan.ts";

/** Reasons change with each tick; pages are told so often. */
const WRITE_MS = 3_000;
/** What has not changed is said again after this, so that it counts. */
const REPEAT_MS = 60_000;
const MOST_AT_ONCE = 1_000;

/**
 * Why tasks of batches wait, as this process sees it for its devices: kept here from tick to tick, so that a batch that
 * was not looked at lately still says why it waits, and written down now and then.
 */
export class WaitReasonBook {
	readonly #services: Pick<Services, "db" | "clock">;
	readonly #serverId: string;
	/** What is to be said of each batch. */
	readonly #reasons = new Map<string, string>();
	/** What is written down, and when it was. */
	readonly #written = new Map<string, { reasons: string; at: number }>();
	#wroteAt = Number.NEGATIVE_INFINITY;
	#tidiedAt = Number.NEGATIVE_INFINITY;

	constructor(services: Pick<Services, "db" | "clock">, serverId: string) {
		this.#services = services;
		this.#serverId = serverId;
	}

	/** @param reasons undefined: nothing of the batch waits */
	note(batchId: string, reasons: WaitReasons | undefined): void {
		const { devices = {}, fit } = reasons ?? {};
		this.#reasons.set(
			batchId,
			JSON.stringify({ ...devices, ...(fit && { fit }) }),
		);
	}

	/** Nothing waits of any other batch. */
	keepOnly(batchIds: ReadonlySet<string>): void {
		for (const id of this.#reasons.keys())
			if (!batchIds.has(id)) this.#reasons.set(id, "{}");
	}

	/** Whether it is time to write. */
	get isDue(): boolean {
		return this.#now() - this.#wroteAt >= WRITE_MS;
	}

	/** Writes down what has changed; answers its batches. */
	async write(): Promise<string[]> {
		const now = this.#now();
		this.#wroteAt = now;
		const changed: string[] = [];
		const waits = new Map<string, StoredReasons>();
		for (const [id, reasons] of this.#reasons) {
			if (waits.size >= MOST_AT_ONCE) break;
			const written = this.#written.get(id);
			const isNew = reasons !== (written?.reasons ?? "{}");
			if (isNew) changed.push(id);
			if (isNew || (written && now - written.at >= REPEAT_MS))
				waits.set(id, JSON.parse(reasons));
		}
		const { db } = this.#services;
		await noteBatchWaits(db, this.#serverId, waits, new Date(now));
		for (const id of waits.keys()) {
			const reasons = this.#reasons.get(id) ?? "{}";
			if (reasons === "{}") this.#written.delete(id);
			else this.#written.set(id, { reasons, at: now });
		}
		for (const [id, reasons] of this.#reasons)
			if (reasons === "{}" && !this.#written.has(id)) this.#reasons.delete(id);
		if (now - this.#tidiedAt >= REPEAT_MS) {
			this.#tidiedAt = now;
			await forgetOldWaits(db, new Date(now));
		}
		return changed;
	}

	/** This process has no device to speak for any more. */
	async close(): Promise<void> {
		this.#reasons.clear();
		this.#written.clear();
		await forgetWaitsOf(this.#services.db, this.#serverId);
	}

	#now(): number {
		return this.#services.clock.now().getTime();
	}
}
