import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isErrno } from "../core/agent-error.ts";
import { ServerAway } from "../core/step-failure.ts";
import type { RateLimit } from "./rate-limit.ts";

export interface Download {
	/** Absolute address. */
	url: string;
	/** Where the wanted bytes begin in what the address names. */
	offset: number;
	bytes: number;
	/** Of exactly these bytes. */
	sha256: string;
}

/** The server answered, but not with the bytes. */
export class DownloadRefused extends Error {
	readonly status: number;

	constructor(status: number) {
		super(`The server answered ${status} to a download.`);
		this.name = "DownloadRefused";
		this.status = status;
	}
}

/** No byte for so long: the connection is taken for dead. */
const IDLE_MS = 30_000;
const REDIRECTS = 3;

/**
 * Puts the bytes at `path`, checked by length and SHA-256. What an earlier try has fetched (`path`.part) is hashed and
 * not fetched again. Under its own name a blob is whole and right, always: the part gets the name last. One call for a
 * path at a time (blob-cache.ts sees to that).
 *
 * @throws DownloadRefused, ServerAway, or an Error when the bytes are not what they should be (the part is dropped)
 */
export async function downloadBlob(
	download: Download,
	path: string,
	signal: AbortSignal,
	limit?: RateLimit,
): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	const part = `${path}.part`;
	let have = await sizeOf(part);
	if (have > download.bytes) {
		await rm(part);
		have = 0;
	}
	const hash = createHash("sha256");
	if (have > 0)
		await pipeline(createReadStream(part), consume(hash), { signal });
	if (have < download.bytes)
		await fetchRest(download, part, have, hash, signal, limit);
	else if (have === 0) await writeFile(part, "");
	if (hash.digest("hex") !== download.sha256) {
		await rm(part, { force: true });
		throw new Error("The bytes that came do not have the expected SHA-256.");
	}
	await rename(part, path);
}

async function fetchRest(
	download: Download,
	part: string,
	have: number,
	hash: ReturnType<typeof createHash>,
	signal: AbortSignal,
	limit: RateLimit | undefined,
): Promise<void> {
	const first = download.offset + have;
	const last = download.offset + download.bytes - 1;
	const response = await request(
		download.url,
		{ range: `bytes=${first}-${last}` },
		signal,
	);
	const { statusCode = 0 } = response;
	// A server that does not know ranges sends everything; that is right only when everything is wanted.
	const whole =
		statusCode === 200 &&
		first === 0 &&
		Number(response.headers["content-length"] ?? download.bytes) ===
			download.bytes;
	if (statusCode !== 206 && !whole) {
		response.destroy();
		// A server that starts, or a proxy whose server is away.
		if (statusCode >= 500 || statusCode === 429)
			throw new ServerAway(`The server cannot now (${statusCode}).`);
		throw new DownloadRefused(statusCode);
	}
	let left = download.bytes - have;
	const bounded = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			left -= chunk.length;
			if (left < 0) return done(new Error("More bytes came than expected."));
			hash.update(chunk);
			if (!limit) return done(null, chunk);
			limit.take(chunk.length, signal).then(() => done(null, chunk), done);
		},
	});
	await pipeline(response, bounded, createWriteStream(part, { flags: "a" }), {
		signal,
	}).catch((error) => {
		throw asServerAway(error);
	});
	if (left > 0) throw new ServerAway("The download ended too early.");
}

function request(
	url: string,
	headers: http.OutgoingHttpHeaders,
	signal: AbortSignal,
	redirects = REDIRECTS,
): Promise<http.IncomingMessage> {
	return new Promise((resolve, reject) => {
		const client = url.startsWith("https:") ? https : http;
		const call = client.get(url, { headers, signal, timeout: IDLE_MS });
		call.on("timeout", () =>
			call.destroy(new ServerAway("The server stopped sending.")),
		);
		call.on("error", (error) => reject(asServerAway(error)));
		call.on("response", (response) => {
			const { location } = response.headers;
			const moved = [301, 302, 303, 307, 308].includes(
				response.statusCode ?? 0,
			);
			if (!moved || !location || redirects === 0) return resolve(response);
			response.resume();
			resolve(
				request(new URL(location, url).href, headers, signal, redirects - 1),
			);
		});
	});
}

function asServerAway(error: unknown): unknown {
	return isErrno(
		error,
		"ECONNREFUSED",
		"ECONNRESET",
		"ENOTFOUND",
		"EAI_AGAIN",
		"EHOSTUNREACH",
		"ENETUNREACH",
		"ETIMEDOUT",
		"EPIPE",
		"ERR_STREAM_PREMATURE_CLOSE",
	)
		? new ServerAway(
				`The server does not answer (${(error as Error).message}).`,
			)
		: error;
}

const consume =
	(hash: ReturnType<typeof createHash>) =>
	async (source: AsyncIterable<Buffer>) => {
		for await (const chunk of source) hash.update(chunk);
	};

async function sizeOf(path: string): Promise<number> {
	return stat(path).then(
		({ size }) => size,
		() => 0,
	);
}
