import {
	type FileHandle,
	mkdir,
	open,
	rename,
	rm,
	stat,
} from "node:fs/promises";
import { dirname } from "node:path";
import type { ReadableStream } from "node:stream/web";
import type { ApiClient } from "../api/api-client.ts";
import { CliError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { hashFile } from "./hash-file.ts";

export interface Blob {
	/** A signed address on the server. */
	address: string;
	bytes: number;
	sha256: string;
}

/** Fruitless ones in a row. */
const TRIES = 4;

/**
 * Saves a blob as `file`, unless it is there already. What an earlier try left in `file.part` is kept and gone on from;
 * the file appears when its hash is right. True when anything had to be fetched.
 */
export async function saveBlob(
	client: ApiClient,
	blob: Blob,
	file: string,
): Promise<boolean> {
	if (await isThere(file, blob)) return false;
	await mkdir(dirname(file), { recursive: true });
	const draft = `${file}.part`;
	let fruitless = 0;
	while (!(await isThere(draft, blob))) {
		const begun = await sizeOf(draft);
		// As long as it should be, and yet something else: damaged on the way.
		if (begun >= blob.bytes) await rm(draft, { force: true });
		if (fruitless >= TRIES)
			throw new CliError(
				EXIT.failed,
				`${file} could not be downloaded whole. Give the command again to go on.`,
			);
		await fetchRest(client, blob, draft);
		const grew = (await sizeOf(draft)) > begun;
		fruitless = grew && begun < blob.bytes ? 0 : fruitless + 1;
	}
	await rename(draft, file);
	return true;
}

/** Brings as much of the rest as comes through. */
async function fetchRest(
	client: ApiClient,
	{ address, bytes }: Blob,
	draft: string,
): Promise<void> {
	const offset = await sizeOf(draft);
	// A range of nothing cannot be asked for.
	const headers = {
		accept: "*/*",
		...(offset > 0 && { range: `bytes=${offset}-${bytes - 1}` }),
	};
	const response = await client.send(
		address,
		{ method: "GET", headers },
		{ idempotent: true },
	);
	// A server that does not know ranges sends the whole.
	const handle = await open(draft, response.status === 206 ? "a" : "w");
	try {
		await writeAll(handle, response, client.signal);
	} finally {
		await handle.close();
	}
}

/** Each piece is in the file before the next is taken, so that nothing that came through is lost when the rest does not. */
async function writeAll(
	handle: FileHandle,
	response: Response,
	signal: AbortSignal,
): Promise<void> {
	const pieces = (response.body as ReadableStream<Uint8Array> | null)?.values();
	while (pieces) {
		// What goes wrong here is the network's, and mended by the next try; what goes wrong below is the disk's.
		const piece = await pieces.next().catch(() => undefined);
		signal.throwIfAborted();
		if (!piece || piece.done) return;
		await handle.appendFile(piece.value);
	}
}

async function isThere(
	file: string,
	{ bytes, sha256 }: Blob,
): Promise<boolean> {
	return (await sizeOf(file)) === bytes && (await hashFile(file)) === sha256;
}

/** -1 when there is no such file. */
async function sizeOf(file: string): Promise<number> {
	const found = await stat(file).catch(() => undefined);
	return found?.isFile() ? found.size : -1;
}
