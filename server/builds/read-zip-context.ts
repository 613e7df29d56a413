import { PassThrough, type Readable } from "node:stream";
import {
	type Entry,
	fromRandomAccessReaderPromise,
	RandomAccessReader,
} from "yauzl";
import { AppError } from "../errors.ts";
import type { BlobStore } from "../storage/blobs/blob-store.ts";
import { type ContextEntry, cleanEntryPath, refuse } from "./context-entry.ts";

const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const LONGEST_TARGET = 512;

/** The entries of a zip that is stored as a blob, read by ranges, one after the other. */
export async function* readZipContext(
	blobs: Pick<BlobStore, "read" | "size">,
	sha256: string,
): AsyncGenerator<ContextEntry> {
	try {
		const zip = await fromRandomAccessReaderPromise(
			new BlobReader(blobs, sha256),
			await blobs.size(sha256),
			{ lazyEntries: true, autoClose: false },
		);
		for await (const entry of zip.eachEntry())
			yield* describe(entry, () => zip.openReadStreamPromise(entry));
	} catch (error) {
		if (error instanceof AppError) throw error;
		const message = error instanceof Error ? error.message : String(error);
		throw new AppError(
			"invalidInput",
			`The zip cannot be read: ${message.slice(0, 200)}.`,
		);
	}
}

async function* describe(
	entry: Entry,
	open: () => Promise<Readable>,
): AsyncGenerator<ContextEntry> {
	const path = cleanEntryPath(entry.fileName);
	if (path === undefined) return;
	if (entry.isEncrypted()) refuse(path, "is encrypted");
	const mode = entry.externalFileAttributes >>> 16;
	const executable = (mode & 0o100) !== 0;
	if (entry.fileName.endsWith("/"))
		return yield {
			path,
			kind: "directory",
			executable,
			bytes: 0,
			content: nothing(),
		};
	if ((mode & FILE_TYPE) === SYMLINK) {
		const target = await readTarget(path, entry, open);
		return yield {
			path,
			kind: "symlink",
			executable,
			bytes: 0,
			target,
			content: nothing(),
		};
	}
	yield {
		path,
		kind: "file",
		executable,
		bytes: entry.uncompressedSize,
		content: contentOf(open),
	};
}

/** Opened when it is first read: entries that are only listed cost nothing. */
async function* contentOf(
	open: () => Promise<Readable>,
): AsyncGenerator<Uint8Array> {
	yield* await open();
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function readTarget(
	path: string,
	entry: Entry,
	open: () => Promise<Readable>,
): Promise<string> {
	if (entry.uncompressedSize > LONGEST_TARGET)
		refuse(path, "is a link with too long a target");
	const chunks: Uint8Array[] = [];
	for await (const chunk of contentOf(open)) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}

/** What yauzl reads a blob through. */
class BlobReader extends RandomAccessReader {
	readonly #blobs: Pick<BlobStore, "read">;
	readonly #sha256: string;

	constructor(blobs: Pick<BlobStore, "read">, sha256: string) {
		super();
		this.#blobs = blobs;
		this.#sha256 = sha256;
	}

	override _readStreamForRange(start: number, end: number): Readable {
		const through = new PassThrough();
		this.#blobs.read(this.#sha256, { offset: start, bytes: end - start }).then(
			(source) => {
				source.on("error", (error) => through.destroy(error));
				through.on("close", () => source.destroy());
				source.pipe(through);
			},
			(error: Error) => through.destroy(error),
		);
		return through;
	}
}
