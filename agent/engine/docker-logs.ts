import type { Readable } from "node:stream";
import type Docker from "dockerode";
import type { DockerCalls } from "./docker-calls.ts";

/** The engine multiplexes both streams: it puts 8 bytes before each piece: stream (1 stdout, 2 stderr), three zeros, length. */
const HEADER_BYTES = 8;

/** A container's output from its beginning; with `follow` until it ends. A container that is gone has none. */
export async function readDockerLogs(
	calls: DockerCalls,
	containerId: string,
	options: { follow: boolean; signal?: AbortSignal },
	write: (stream: "stdout" | "stderr", chunk: Buffer) => void,
): Promise<void> {
	const wanted = { stdout: true, stderr: true, abortSignal: options.signal };
	const read = (docker: Docker): Promise<Buffer | NodeJS.ReadableStream> =>
		options.follow
			? docker.getContainer(containerId).logs({ ...wanted, follow: true })
			: docker.getContainer(containerId).logs({ ...wanted, follow: false });
	const answer = await calls.hold(read, 404, 409);
	if (!answer) return;
	const pieces = new LogPieces(write);
	if (Buffer.isBuffer(answer)) return pieces.push(answer);
	for await (const chunk of answer as unknown as Readable) pieces.push(chunk);
}

/** Takes the engine's pieces apart as they come, without waiting for a piece to be whole. */
class LogPieces {
	readonly #write: (stream: "stdout" | "stderr", chunk: Buffer) => void;
	#header = Buffer.alloc(0);
	#left = 0;
	#stream: "stdout" | "stderr" = "stdout";

	constructor(write: (stream: "stdout" | "stderr", chunk: Buffer) => void) {
		this.#write = write;
	}

	push(chunk: Buffer): void {
		let rest = chunk;
		while (rest.length > 0) {
			if (this.#left === 0) rest = this.#takeHeader(rest);
			const content = rest.subarray(0, this.#left);
			if (content.length > 0) this.#write(this.#stream, content);
			this.#left -= content.length;
			rest = rest.subarray(content.length);
		}
	}

	#takeHeader(chunk: Buffer): Buffer {
		const needed = HEADER_BYTES - this.#header.length;
		this.#header = Buffer.concat([this.#header, chunk.subarray(0, needed)]);
		if (this.#header.length === HEADER_BYTES) {
			this.#stream = this.#header[0] === 2 ? "stderr" : "stdout";
			this.#left = this.#header.readUInt32BE(4);
			this.#header = Buffer.alloc(0);
		}
		return chunk.subarray(needed);
	}
}
