import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

const LIFETIME_MS = 47 * 60 * 60 * 1000;

const fileSchema = z.record(
	z.string(),
	z.object({ value: z.unknown(), at: z.number() }),
);

type Entries = z.infer<typeof fileSchema>;

/** Longer than the ten seconds after which the lock of a command that was killed counts as void. */
const LOCK_RETRIES = {
	retries: 100,
	minTimeout: 20,
	maxTimeout: 300,
	factor: 1.5,
	randomize: true,
};

/**
 * Remembers what was begun and has no answer yet, so that the same command, given again after a failure, goes on with it
 * instead of doing it twice. What it forgets after two days the server has forgotten too. All commands of a person share
 * one file: whoever changes it holds its lock from reading to writing, so that none forgets what another began.
 */
export class PendingStore {
	readonly #folder: string;
	readonly #now: () => number;

	constructor(folder: string, now: () => number) {
		this.#folder = folder;
		this.#now = now;
	}

	/** The value kept for `key`, if it is still of this form. */
	async find<S extends z.ZodType>(
		schema: S,
		key: string,
	): Promise<z.infer<S> | undefined> {
		return schema.safeParse((await this.#read())[key]?.value).data;
	}

	set(key: string, value: unknown): Promise<void> {
		return this.#change((entries) => ({
			...entries,
			[key]: { value, at: this.#now() },
		}));
	}

	delete(key: string): Promise<void> {
		return this.#change(({ [key]: _gone, ...rest }) => rest);
	}

	get #file(): string {
		return join(this.#folder, "pending.json");
	}

	async #read(): Promise<Entries> {
		try {
			const parsed = fileSchema.parse(
				JSON.parse(await readFile(this.#file, "utf8")),
			);
			const oldest = this.#now() - LIFETIME_MS;
			return Object.fromEntries(
				Object.entries(parsed).filter(([, { at }]) => at > oldest),
			);
		} catch {
			// Not there yet, or damaged: nothing is remembered, which costs repetition and nothing else.
			return {};
		}
	}

	async #change(change: (entries: Entries) => Entries): Promise<void> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const release = await lock(this.#file, {
			realpath: false,
			retries: LOCK_RETRIES,
			// The machine slept meanwhile. The file is whole all the same; at worst something is done again.
			onCompromised: () => {},
		});
		try {
			const entries = change(await this.#read());
			await writeFileAtomic(this.#file, JSON.stringify(entries), {
				mode: 0o600,
			});
		} finally {
			await release().catch(() => {});
		}
	}
}

/** A key for something that is told apart by all of these. */
export const keyOf = (...parts: unknown[]): string =>
	createHash("sha256").update(JSON.stringify(parts)).digest("hex");
