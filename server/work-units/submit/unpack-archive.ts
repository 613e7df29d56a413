import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { AppError } from "../../errors.ts";
import type { BlobStore } from "../../storage/blobs/blob-store.ts";
import { type ArchiveEntry, readArchive } from "./archive-entries.ts";
import { toFileItem } from "./list-files.ts";
import type { SourceFile, SourceItem } from "./work-unit-source.ts";

export interface UnpackLimits {
	files: number;
	/** Of all files together: a small archive can hold enormous ones. */
	bytes: number;
}

/**
 * Stores the contents of all files of an archive as ONE blob, one after the other, of which each work unit's input is a
 * slice: a hundred thousand little files are one file on the disk and one write that must be durable.
 *
 * @throws AppError invalidInput, tooLarge
 */
export function storeUnpacked(
	blobs: BlobStore,
	archive: SourceFile,
	limits: UnpackLimits,
): Promise<{ sha256: string; bytes: number }> {
	return blobs.put(Readable.from(contents(blobs, archive, limits)));
}

async function* contents(
	blobs: BlobStore,
	archive: SourceFile,
	limits: UnpackLimits,
): AsyncGenerator<Buffer> {
	let files = 0;
	let bytes = 0;
	for await (const { content } of readArchive(blobs, archive)) {
		if (++files > limits.files) throw tooMuch(`${limits.files} files`);
		for await (const chunk of content as AsyncIterable<Buffer>) {
			bytes += chunk.length;
			if (bytes > limits.bytes) throw tooMuch(`${limits.bytes} bytes`);
			yield chunk;
		}
	}
}

const tooMuch = (what: string) =>
	new AppError("tooLarge", `The archive unpacks to more than ${what}.`, [
		"source",
	]);

/**
 * The work units of an archive's files, as slices of the blob that `storeUnpacked` made of it. Without that blob (for
 * a preview) they point at a blob that does not exist.
 */
export async function* listUnpacked(
	blobs: BlobStore,
	archive: SourceFile,
	limits: UnpackLimits,
	unpackedSha256 = "0".repeat(64),
): AsyncGenerator<SourceItem> {
	let line = 0;
	let offset = 0;
	for await (const entry of readArchive(blobs, archive)) {
		if (++line > limits.files) throw tooMuch(`${limits.files} files`);
		const { bytes, sha256 } = await measure(entry, limits.bytes - offset);
		yield toFileItem(line, entry.path, {
			blobSha256: unpackedSha256,
			offset,
			bytes,
			sha256,
		});
		offset += bytes;
	}
}

async function measure({ content }: ArchiveEntry, most: number) {
	const hash = createHash("sha256");
	let bytes = 0;
	for await (const chunk of content as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > most) throw tooMuch("the server takes");
		hash.update(chunk);
	}
	return { bytes, sha256: hash.digest("hex") };
}
