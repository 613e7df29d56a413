import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import yauzl from "yauzl";
import { AppError } from "../../errors.ts";
import type { BlobStore } from "../../storage/blobs/blob-store.ts";
import { isClutter } from "./list-files.ts";
import type { SourceFile } from "./work-unit-source.ts";

/** A file in an archive. Its content must be read to its end before the next entry is asked for. */
export interface ArchiveEntry {
	path: string;
	content: Readable;
}

export const isArchive = (fileName: string): boolean =>
	/\.(zip|tar|tar\.gz|tgz)$/i.test(fileName);

/**
 * The files of a stored .zip, .tar or .tar.gz, one after the other, never held in memory. Folders and what operating
 * systems leave behind are passed over.
 *
 * @throws AppError invalidInput when it is no such archive, is encrypted, or holds anything but files and folders
 */
export async function* readArchive(
	blobs: BlobStore,
	{ name, sha256, bytes }: SourceFile,
): AsyncGenerator<ArchiveEntry> {
	try {
		if (/\.zip$/i.test(name)) yield* readZip(blobs, sha256, bytes);
		else yield* readTar(await blobs.read(sha256), /\.t?gz$/i.test(name));
	} catch (error) {
		if (error instanceof AppError) throw error;
		if (isSystemError(error)) throw error;
		throw unreadable(name, error instanceof Error ? error.message : "");
	}
}

/** The disk's or database's fault and not the archive's. zlib's codes begin with Z_, and its errors have no syscall. */
const isSystemError = (error: unknown): boolean =>
	error instanceof Error && "syscall" in error;

const unreadable = (name: string, reason: string) =>
	new AppError(
		"invalidInput",
		`“${name}” cannot be unpacked: ${reason || "it is damaged"}.`,
		["source"],
	);

async function* readTar(
	source: Readable,
	isCompressed: boolean,
): AsyncGenerator<ArchiveEntry> {
	const extract = tar.extract();
	const streams = isCompressed
		? [source, createGunzip(), extract]
		: [source, extract];
	// What goes wrong destroys `extract`, whose iterator throws it.
	pipeline(streams, (error) => error && extract.destroy(error));
	let entries = 0;
	for await (const entry of extract) {
		const { name, type } = entry.header;
		entries += 1;
		if (type === "file" || type === "contiguous-file") {
			if (isClutter(name)) entry.resume();
			else
				yield {
					path: name,
					content: entry as unknown as Readable, // streamx's: the same in all that we use
				};
		} else if (type === "directory") entry.resume();
		else
			throw new AppError(
				"invalidInput",
				`“${name.slice(0, 80)}” in the archive is neither a file nor a folder.`,
				["source"],
			);
	}
	if (entries === 0) throw new Error("it holds nothing");
}

async function* readZip(
	blobs: BlobStore,
	sha256: string,
	bytes: number,
): AsyncGenerator<ArchiveEntry> {
	const reader = new BlobReader(blobs, sha256, bytes);
	const zip = await yauzl.fromRandomAccessReaderPromise(reader, bytes, {
		lazyEntries: true,
		validateEntrySizes: true,
	});
	for await (const entry of zip.eachEntry()) {
		const path = entry.fileName;
		if (path.endsWith("/") || isClutter(path)) continue;
		if (!entry.canDecodeFileData())
			throw new Error(`“${path.slice(0, 80)}” is encrypted or packed oddly`);
		yield { path, content: await zip.openReadStreamPromise(entry) };
	}
}

/** How much of the archive's directory is read at once: it is read in hundreds of thousands of tiny steps. */
const WINDOW_BYTES = 256 * 1024;

/** Reads a stored blob at any place. */
class BlobReader extends yauzl.RandomAccessReader {
	readonly #blobs: BlobStore;
	readonly #sha256: string;
	readonly #bytes: number;
	#window = { start: 0, data: Buffer.alloc(0) };

	constructor(blobs: BlobStore, sha256: string, bytes: number) {
		super();
		this.#blobs = blobs;
		this.#sha256 = sha256;
		this.#bytes = bytes;
	}

	override _readStreamForRange(start: number, end: number): Readable {
		const range = { offset: start, bytes: end - start };
		const open = () => this.#blobs.read(this.#sha256, range);
		const content = async function* () {
			yield* await open();
		};
		return Readable.from(content(), { objectMode: false });
	}

	override read(
		buffer: Buffer,
		offset: number,
		length: number,
		position: number,
		callback: (error: Error | null) => void,
	): void {
		this.#fill(position, length).then(
			({ start, data }) => {
				data.copy(buffer, offset, position - start, position - start + length);
				callback(null);
			},
			(error: Error) => callback(error),
		);
	}

	async #fill(position: number, length: number) {
		const { start, data } = this.#window;
		if (position >= start && position + length <= start + data.length)
			return this.#window;
		const bytes = Math.min(
			Math.max(length, WINDOW_BYTES),
			this.#bytes - position,
		);
		if (position < 0 || bytes < length) throw new Error("it ends too early");
		const stream = await this.#blobs.read(this.#sha256, {
			offset: position,
			bytes,
		});
		this.#window = {
			start: position,
			data: Buffer.concat(await stream.toArray()),
		};
		return this.#window;
	}
}
