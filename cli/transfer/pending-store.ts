import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const LIFETIME_MS = 47 * 60 * 60 * 1000;

const fileSchema = z.record(
	z.string(),
	z.object({ value: z.unknown(), at: z.number() }),
);

/**
 * Remembers what was begun and has no answer yet, so that the same command, given again after a failure, goes on with it
 * instead of doing it twice. What it forgets after two days the server has forgotten too.
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

	async set(key: string, value: unknown): Promise<void> {
		await this.#write({
			...(await this.#read()),
			[key]: { value, at: this.#now() },
		});
	}

	async delete(key: string): Promise<void> {
		const { [key]: _gone, ...rest } = await this.#read();
		await this.#write(rest);
	}

	get #file(): string {
		return join(this.#folder, "pending.json");
	}

	async #read(): Promise<z.infer<typeof fileSchema>> {
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

	async #write(entries: z.infer<typeof fileSchema>): Promise<void> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const draft = `${this.#file}.${randomUUID()}`;
		await writeFile(draft, JSON.stringify(entries), { mode: 0o600 });
		await rename(draft, this.#file);
	}
}

/** A key for something that is told apart by all of these. */
export const keyOf = (...parts: unknown[]): string =>
	createHash("sha256").update(JSON.stringify(parts)).digest("hex");
