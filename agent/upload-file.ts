import type { FileHandle } from "node:fs/promises";
import { sentenceOf } from "./agent-error.ts";
import { ServerAway } from "./step-failure.ts";

/** Held in memory, once or twice. */
const CHUNK_BYTES = 1024 * 1024;

/** Sends a file to an existing upload by the tus protocol; what the server has already is not sent again. */
export async function uploadFile(
	file: FileHandle,
	bytes: number,
	uploadUrl: string,
	signal: AbortSignal,
): Promise<void> {
	signal.throwIfAborted();
	// Many tasks never upload anything; the library is loaded when the first one does.
	const { Upload } = await import("tus-js-client");
	const stream = file.createReadStream({ autoClose: false });
	await new Promise<void>((resolve, reject) => {
		const upload = new Upload(stream, {
			uploadUrl,
			uploadSize: bytes,
			chunkSize: CHUNK_BYTES,
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
