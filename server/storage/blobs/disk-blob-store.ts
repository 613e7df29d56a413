import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import {
	copyFile,
	link,
	mkdir,
	open,
	readdir,
	rename,
	rm,
	stat,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Db, inTransaction } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import {
	findBlobBytes,
	forgetGarbage,
	isFreshBlob,
	type LookedAtBlobs,
	lockBlob,
	lookForGarbage,
	recordBlob,
} from "./blob-row-store.ts";
import { type BlobStore, isSha256, type SweepOutcome } from "./blob-store.ts";
import { signAddress } from "./signed-address.ts";

export interface DiskBlobStoreOptions {
	db: Db;
	/** Made when it does not exist. */
	folder: string;
	/** Signs addresses. */
	secret: string;
}

/** At most so many blobs are deleted in one sweep, so that a sweep ends and others get their turn. */
const SWEEP_LIMIT = 10_000;
/** Blobs of which the database is asked at a time. */
const LOOK_AT_ONCE = 1_000;

/**
 * Blobs on this machine's disk:
 *
 *   incoming/<uuid>     bytes that are still coming in; a crash leaves them, the sweep removes them
 *   ab/cd/abcd…         a blob. Only ever linked here whole and after fsync, so what is here is complete
 *   trash/<sha256>      forgotten, about to be deleted. Taken back if the transaction that forgot it did not commit
 */
class DiskBlobStore implements BlobStore {
	readonly #options: DiskBlobStoreOptions;

	constructor(options: DiskBlobStoreOptions) {
		this.#options = options;
	}

	async put(content: Readable | Buffer) {
		const draft = join(this.#options.folder, "incoming", randomUUID());
		await mkdir(dirname(draft), { recursive: true });
		try {
			const stored = await writeDurably(draft, content);
			await this.#place(draft, stored);
			return stored;
		} finally {
			await rm(draft, { force: true });
		}
	}

	async putFile(path: string) {
		const stored = await hashDurably(path);
		await this.#place(path, stored);
		return stored;
	}

	async has(sha256: string) {
		return (
			isSha256(sha256) &&
			(await findBlobBytes(this.#options.db, sha256)) !== undefined
		);
	}

	async size(sha256: string) {
		const bytes = isSha256(sha256)
			? await findBlobBytes(this.#options.db, sha256)
			: undefined;
		if (bytes === undefined) throw notStored();
		return bytes;
	}

	async read(sha256: string, range?: { offset: number; bytes: number }) {
		if (!isSha256(sha256)) throw notStored();
		if (range?.bytes === 0) return Readable.from([]);
		// Opened before it is answered, so that a blob which is not there is an error here and not in the stream.
		const handle = await open(this.#pathOf(sha256)).catch(absent);
		if (!handle) throw notStored();
		return handle.createReadStream(
			range && { start: range.offset, end: range.offset + range.bytes - 1 },
		);
	}

	signDownload(
		sha256: string,
		{ expiresAt, fileName }: { expiresAt: Date; fileName?: string },
	) {
		return signAddress(
			this.#options.secret,
			{ kind: "download", sha256, ...(fileName && { fileName }) },
			expiresAt,
		);
	}

	async sweep(olderThan: Date): Promise<SweepOutcome> {
		await this.#emptyTrash();
		const outcome = { blobs: 0, bytes: 0, strayFiles: 0 };
		let after: string | null = "";
		while (after !== null && outcome.blobs < SWEEP_LIMIT) {
			const { garbage, last }: LookedAtBlobs = await lookForGarbage(
				this.#options.db,
				olderThan,
				{ after, count: LOOK_AT_ONCE },
			);
			for (const { sha256, bytes } of garbage) {
				if (!(await this.#deleteGarbage(sha256, olderThan))) continue;
				outcome.blobs += 1;
				outcome.bytes += bytes;
			}
			after = last;
		}
		outcome.strayFiles = await this.#removeStray(olderThan);
		return outcome;
	}

	/** False when somebody needs it after all. */
	async #deleteGarbage(sha256: string, olderThan: Date): Promise<boolean> {
		const forgotten = await forgetGarbage(
			this.#options.db,
			sha256,
			olderThan,
			() => this.#discard(sha256),
		);
		if (forgotten) await rm(this.#trashOf(sha256), { force: true });
		return forgotten;
	}

	#pathOf(sha256: string): string {
		return join(
			this.#options.folder,
			sha256.slice(0, 2),
			sha256.slice(2, 4),
			sha256,
		);
	}

	#trashOf(sha256: string): string {
		return join(this.#options.folder, "trash", sha256);
	}

	/** The file first, durably, then the row: a row always has its file. */
	async #place(file: string, { sha256, bytes }: Stored): Promise<void> {
		if (await isFreshBlob(this.#options.db, sha256)) return;
		await inTransaction(this.#options.db, async (transaction) => {
			await lockBlob(transaction, sha256);
			await linkDurably(file, this.#pathOf(sha256));
			await recordBlob(transaction, sha256, bytes);
		});
	}

	async #discard(sha256: string): Promise<void> {
		await mkdir(join(this.#options.folder, "trash"), { recursive: true });
		await rename(this.#pathOf(sha256), this.#trashOf(sha256)).catch(absent);
	}

	/** What a crash left in the trash: a blob whose row is still there was never given up, so it goes back. */
	async #emptyTrash(): Promise<void> {
		for (const sha256 of await namesIn(join(this.#options.folder, "trash"))) {
			await inTransaction(this.#options.db, async (transaction) => {
				await lockBlob(transaction, sha256);
				const needed = await findBlobBytes(transaction, sha256);
				if (needed !== undefined)
					await linkDurably(this.#trashOf(sha256), this.#pathOf(sha256));
				await rm(this.#trashOf(sha256), { force: true });
			});
		}
	}

	async #removeStray(olderThan: Date): Promise<number> {
		const folder = join(this.#options.folder, "incoming");
		let removed = 0;
		for (const name of await namesIn(folder)) {
			const file = join(folder, name);
			const found = await stat(file).catch(absent);
			if (!found || found.mtime >= olderThan) continue;
			await rm(file, { force: true });
			removed += 1;
		}
		return removed;
	}
}

/** Blobs in a folder of this machine, with one row for each in the database. */
export const createDiskBlobStore = (options: DiskBlobStoreOptions): BlobStore =>
	new DiskBlobStore(options);

interface Stored {
	sha256: string;
	bytes: number;
}

const notStored = () => new AppError("notFound", "There is no such file.");

function absent(error: NodeJS.ErrnoException): undefined {
	if (error.code !== "ENOENT") throw error;
}

const namesIn = async (folder: string): Promise<string[]> =>
	(await readdir(folder).catch(absent)) ?? [];

async function writeDurably(
	path: string,
	content: Readable | Buffer,
): Promise<Stored> {
	const hash = createHash("sha256");
	const handle = await open(path, "wx", 0o640);
	let bytes = 0;
	try {
		const source = Buffer.isBuffer(content)
			? Readable.from([content])
			: content;
		await pipeline(source, async (chunks: AsyncIterable<Buffer | string>) => {
			for await (const chunk of chunks) {
				const data = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
				hash.update(data);
				bytes += data.length;
				await handle.writeFile(data);
			}
		});
		await handle.sync();
	} finally {
		await handle.close();
	}
	return { sha256: hash.digest("hex"), bytes };
}

async function hashDurably(path: string): Promise<Stored> {
	const handle = await open(path, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
	const hash = createHash("sha256");
	let bytes = 0;
	for await (const chunk of createReadStream(path, {
		highWaterMark: 1024 * 1024,
	})) {
		hash.update(chunk);
		bytes += chunk.length;
	}
	return { sha256: hash.digest("hex"), bytes };
}

/** Gives a complete file its second name. A link cannot be half there; where links are unknown, a copy is renamed. */
async function linkDurably(from: string, to: string): Promise<void> {
	const isNewFolder = await mkdir(dirname(to), { recursive: true });
	try {
		await link(from, to);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "EEXIST") return;
		if (!["EPERM", "ENOTSUP", "EXDEV", "EOPNOTSUPP"].includes(code ?? ""))
			throw error;
		await copyDurably(from, to);
	}
	await syncFolder(dirname(to));
	if (!isNewFolder) return;
	await syncFolder(dirname(dirname(to)));
	await syncFolder(dirname(dirname(dirname(to))));
}

async function copyDurably(from: string, to: string): Promise<void> {
	const draft = `${to}.${randomUUID()}`;
	await copyFile(from, draft);
	const handle = await open(draft, "r+");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(draft, to);
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
