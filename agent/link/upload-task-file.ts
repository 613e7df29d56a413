import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { sentenceOf } from "../core/agent-error.ts";
import { ServerAway } from "../core/step-failure.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Held in memory, once or twice. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Sends a file to an existing upload by the tus protocol: the server is asked how far it has come (HEAD), and gets the
 * rest in pieces (PATCH with the offset); what it has already is not sent again. The file is read once, forwards, and no
 * faster than it may be sent, so that no more than a piece or two of it is in memory.
 */
export async function uploadTaskFile(
	file: FileHandle,
	bytes: number,
	uploadUrl: string,
	limit: RateLimit,
	signal: AbortSignal,
): Promise<void> {
	signal.throwIfAborted();
	// Many tasks never upload anything; the library is loaded when the first one does.
	const { Upload } = await import("tus-js-client");
	const chunkSize = limit.pieceBytes(CHUNK_BYTES);
	const stream = Readable.from(readSlowly(file, limit, signal), {
		objectMode: false,
	});
	await new Promise<void>((resolve, reject) => {
		const upload = new Upload(stream, {
			uploadUrl,
			uploadSize: bytes,
			chunkSize,
			retryDelays: [0, 1000, 3000],
			storeFingerprintForResuming: false,
			onSuccess: () => resolve(),
			onError: (error) =>
				reject(
					new ServerAway(`An upload was cut short (${sentenceOf(error)}).`),
				),
		});
		signal.addEventListener(
			"abort",
			() => {
				void upload.abort();
				reject(signal.reason);
			},
			{ once: true },
		);
		upload.start();
	});
}

/** Reads no faster than it may be sent. */
async function* readSlowly(
	file: FileHandle,
	limit: RateLimit,
	signal: AbortSignal,
): AsyncGenerator<Buffer> {
	for await (const chunk of file.createReadStream({ autoClose: false })) {
		await limit.take(chunk.length, signal);
		yield chunk;
	}
}
