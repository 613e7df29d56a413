import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Download, downloadBlob } from "./download-blob.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What nobody has used for so long is dropped from the cache. */
const UNUSED_MS = 3_600_000;

/**
 * Downloads by their SHA-256, each once: inputs that many work units share, and images' archives on their way to the
 * engine. Files are handed out as hard links, so that dropping one from the cache harms nobody.
 *
 * What is in `#underway` is being written: nobody else fetches it, and no sweep takes it away.
 */
export class BlobCache {
	readonly #folder: string;
	readonly #limit: RateLimit | undefined;
	readonly #underway = new Map<string, Promise<string>>();

	constructor(folder: string, limit?: RateLimit) {
		this.#folder = folder;
		this.#limit = limit;
	}

	/** The path of the blob, fetched first when it is not here. Whoever asks meanwhile waits for the same download. */
	async get(download: Download, signal: AbortSignal): Promise<string> {
		const underway = this.#underway.get(download.sha256);
		// It may be aborted for a reason of its asker, which is none of ours: then look again.
		if (underway) {
			await underway.catch(() => {});
			signal.throwIfAborted();
			return this.get(download, signal);
		}
		const fetching = this.#fetch(download, signal).finally(() =>
			this.#underway.delete(download.sha256),
		);
		this.#underway.set(download.sha256, fetching);
		return fetching;
	}

	async drop(sha256: string): Promise<void> {
		await rm(join(this.#folder, sha256), { force: true });
	}

	/** Drops what has not been used for an hour; with `all`, everything. */
	async sweep(now: Date, { all = false } = {}): Promise<void> {
		for (const name of await readdir(this.#folder)) {
			if (this.#underway.has(name.replace(/\.part$/, ""))) continue;
			const path = join(this.#folder, name);
			const { mtimeMs } = await stat(path);
			if (all || now.getTime() - mtimeMs > UNUSED_MS)
				await rm(path, { force: true });
		}
	}

	async #fetch(download: Download, signal: AbortSignal): Promise<string> {
		const path = join(this.#folder, download.sha256);
		const here = await stat(path).catch(() => undefined);
		if (here?.size === download.bytes) {
			const now = new Date();
			await utimes(path, now, now);
			return path;
		}
		await downloadBlob(download, path, signal, this.#limit);
		return path;
	}
}
