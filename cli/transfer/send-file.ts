import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Upload } from "tus-js-client";
import { z } from "zod";
import type { Cli } from "../cli.ts";
import { CliError, unavailableError, usageError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";
import { problemOfAnswer } from "../errors/problem.ts";
import { formatBytes } from "../terminal/format-amount.ts";
import { progressBar } from "../terminal/progress-text.ts";
import { hashFile } from "./hash-file.ts";
import { keyOf, PendingStore } from "./pending-store.ts";

const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000, 20_000];

const createdSchema = z.object({ uploadId: z.string(), path: z.string() });
const uploadSchema = z.object({ sha256: z.string().nullable() });

export interface SentFile {
	uploadId: string;
	sha256: string;
}

/**
 * Brings a file to the portal. An upload that was cut off, by the network or by the end of this command, goes on where
 * it was when the same file is sent again.
 *
 * @throws CliError
 */
export async function sendFile(
	cli: Cli,
	file: string,
	purpose: "batchInput" | "appSource",
	name = basename(file),
): Promise<SentFile> {
	const found = await stat(file).catch(() => undefined);
	if (!found?.isFile()) throw usageError(`There is no file ${file}.`);
	const client = cli.client();
	const bytes = found.size;
	const sha256 = await hashFile(file);
	const pending = new PendingStore(cli.around.configFolder, cli.around.now);
	const key = keyOf("upload", client.server, purpose, name, bytes, sha256);

	const upload = (await findPending(cli, pending, key)) ?? {
		...(await client.call(createdSchema, {
			method: "POST",
			path: "/uploads",
			body: { purpose, name, bytes },
			// A second one that nobody uses expires.
			idempotent: true,
		})),
	};
	await pending.set(key, upload);
	if (bytes > 0) await sendBytes(cli, file, bytes, upload.path, name);
	else await finishEmpty(cli, upload.path);
	cli.terminal.clearProgress();
	await demandSame(cli, upload.uploadId, sha256, name);
	return { uploadId: upload.uploadId, sha256 };
}

/** The upload that was begun for this very content, if the portal still knows it. */
async function findPending(cli: Cli, pending: PendingStore, key: string) {
	const known = await pending.find(createdSchema, key);
	if (!known) return undefined;
	const there = await cli
		.client()
		.call(uploadSchema, { method: "GET", path: `/uploads/${known.uploadId}` })
		.catch((error: unknown) => {
			if (error instanceof CliError && error.exitCode === EXIT.unavailable)
				throw error;
			return undefined;
		});
	return there && known;
}

function sendBytes(
	cli: Cli,
	file: string,
	bytes: number,
	path: string,
	name: string,
): Promise<void> {
	const { signal } = cli.around;
	let stop = () => {};
	return new Promise<void>((resolve, reject) => {
		// A stream that comes from a path is read anew from wherever the portal wants it.
		const upload = new Upload(createReadStream(file), {
			uploadUrl: `${cli.client().server}${path}`,
			uploadSize: bytes,
			chunkSize: CHUNK_BYTES,
			retryDelays: RETRY_DELAYS_MS,
			storeFingerprintForResuming: false,
			onProgress: (sent) =>
				cli.terminal.progress(
					`${progressBar(sent / bytes)}  ${name}, ${formatBytes(bytes)}`,
				),
			onSuccess: () => resolve(),
			onError: (error) => reject(uploadError(error, name)),
		});
		stop = () => {
			void upload.abort();
			reject(signal.reason);
		};
		signal.addEventListener("abort", stop);
		upload.start();
	}).finally(() => signal.removeEventListener("abort", stop));
}

/** Asking how far an upload of nothing has come completes it. */
async function finishEmpty(cli: Cli, path: string): Promise<void> {
	await cli
		.client()
		.send(
			path,
			{ method: "HEAD", headers: { "tus-resumable": "1.0.0" } },
			{ idempotent: true },
		);
}

function uploadError(error: Error, name: string): CliError {
	const response = (
		error as {
			originalResponse?: { getStatus(): number; getBody(): string } | null;
		}
	).originalResponse;
	if (!response)
		return unavailableError(
			`The upload of ${name} was cut short. Give the same command again to go on.`,
			error,
		);
	const problem = problemOfAnswer(
		response.getStatus(),
		"",
		response.getBody() ?? "",
	);
	return new CliError(
		EXIT.refused,
		`${name} was not taken: ${problem.detail}`,
		problem,
		{ cause: error },
	);
}

async function demandSame(
	cli: Cli,
	uploadId: string,
	sha256: string,
	name: string,
): Promise<void> {
	const upload = await cli
		.client()
		.call(uploadSchema, { method: "GET", path: `/uploads/${uploadId}` });
	if (upload.sha256 !== sha256)
		throw new CliError(
			EXIT.failed,
			`${name} changed while it was sent, or was damaged on the way. Give the command again.`,
		);
}
