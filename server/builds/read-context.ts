import { createGunzip } from "node:zlib";
import { AppError } from "../errors.ts";
import type { BlobStore } from "../storage/blobs/blob-store.ts";
import {
	type ContextEntry,
	type ContextLimits,
	createContextCheck,
} from "./context-entry.ts";
import { readTarContext } from "./read-tar-context.ts";
import { readZipContext } from "./read-zip-context.ts";

type Blobs = Pick<BlobStore, "read" | "size">;
export type Packing = "tar" | "gzip" | "zip";

const TAR_BLOCK = 512;

/**
 * The checked entries of an uploaded folder: a tar, a tar with gzip, or a zip. Told apart by their content; names lie.
 *
 * @throws AppError when it is none of them, is damaged, or holds what it must not
 */
export async function* readContext(
	blobs: Blobs,
	sha256: string,
	limits: ContextLimits,
): AsyncGenerator<ContextEntry> {
	const check = createContextCheck(limits);
	for await (const entry of await open(blobs, sha256)) {
		check(entry);
		yield entry;
	}
}

async function open(blobs: Blobs, sha256: string) {
	const packing = await findPacking(blobs, sha256);
	if (packing === "zip") return readZipContext(blobs, sha256);
	const raw = await blobs.read(sha256);
	if (packing === "tar") return readTarContext(raw);
	const gunzip = createGunzip();
	raw.on("error", (error) => gunzip.destroy(error));
	gunzip.on("close", () => raw.destroy());
	return readTarContext(raw.pipe(gunzip));
}

/** How the bytes are packed, by their first. @throws AppError invalidInput for anything else */
export async function findPacking(
	blobs: Blobs,
	sha256: string,
): Promise<Packing> {
	const bytes = Math.min(TAR_BLOCK, await blobs.size(sha256));
	const chunks: Uint8Array[] = [];
	if (bytes > 0)
		for await (const chunk of await blobs.read(sha256, { offset: 0, bytes }))
			chunks.push(chunk);
	const head = Buffer.concat(chunks);
	if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
	if (head.toString("latin1", 0, 4) === "PK\u0003\u0004") return "zip";
	if (head.toString("latin1", 257, 262) === "ustar") return "tar";
	throw new AppError(
		"invalidInput",
		"The file is neither a .tar, a .tar.gz nor a .zip.",
	);
}
