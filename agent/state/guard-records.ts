import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type GuardRecord, guardRecordSchema } from "../core/protocol.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { StateFolder } from "./state-folder.ts";

/** More are dropped, the oldest first: a server that is away for a month costs the owner no disk. */
const WAITING = 2_000;
const RECENT = 20;
const SEND_AT_ONCE = 500;

const storedSchema = z.object({
	waiting: z.array(guardRecordSchema),
	recent: z.array(guardRecordSchema),
});

/**
 * What the guard did: kept until the server has it, and the last of it for `status`. Memory is the truth while we run;
 * the file follows it, one write after the other, each of everything, so that the last one written is the newest. A
 * record is dropped after its acknowledgement and not before.
 */
export class GuardRecords {
	readonly #state: StateFolder;
	#waiting: GuardRecord[] = [];
	#recent: GuardRecord[] = [];
	/** Changes of the file happen one after the other. */
	#turn: Promise<unknown> = Promise.resolve();
	#sending: Promise<void> | undefined;

	constructor(state: StateFolder) {
		this.#state = state;
	}

	/** Reads what an earlier process has left. */
	async load(): Promise<void> {
		const stored = await readJsonFile(this.#state.guardRecords, storedSchema);
		this.#waiting = stored?.waiting ?? [];
		this.#recent = stored?.recent ?? [];
	}

	/** The newest last. */
	get recent(): readonly GuardRecord[] {
		return this.#recent;
	}

	/** Notes one; resolves when it is on the disk. The same id again changes nothing but asks for its delivery. */
	async add(
		record: Omit<GuardRecord, "id"> & { id?: string },
	): Promise<GuardRecord> {
		const whole = {
			id: randomUUID(),
			...record,
			detail: record.detail.slice(0, 300),
		};
		const known = this.#recent.find(({ id }) => id === whole.id);
		const isWaiting = this.#waiting.some(({ id }) => id === whole.id);
		if (!isWaiting)
			this.#waiting = [...this.#waiting, known ?? whole].slice(-WAITING);
		if (!known) this.#recent = [...this.#recent, whole].slice(-RECENT);
		await this.#keep();
		return known ?? whole;
	}

	/** Hands what waits to `send`, oldest first, and drops what was acknowledged; one hand-over at a time. */
	async drain(send: (records: GuardRecord[]) => Promise<boolean>) {
		this.#sending ??= this.#drain(send)
			.catch(() => {}) // it stays where it is
			.finally(() => {
				this.#sending = undefined;
			});
		return this.#sending;
	}

	async #drain(
		send: (records: GuardRecord[]) => Promise<boolean>,
	): Promise<void> {
		while (this.#waiting.length > 0) {
			const some = this.#waiting.slice(0, SEND_AT_ONCE);
			if (!(await send(some))) return;
			const sent = new Set(some.map(({ id }) => id));
			this.#waiting = this.#waiting.filter(({ id }) => !sent.has(id));
			await this.#keep();
		}
	}

	#keep(): Promise<void> {
		const turn = this.#turn.then(() =>
			writeJsonFile(this.#state.guardRecords, {
				waiting: this.#waiting,
				recent: this.#recent,
			}),
		);
		this.#turn = turn.catch(() => {});
		return turn;
	}
}
