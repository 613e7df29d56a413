import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Cli } from "../cli.ts";
import { unavailableError, usageError } from "../errors/cli-error.ts";
import { formatBytes } from "../terminal/format-amount.ts";

const TRIES = 3;
const PAUSE_MS = 2_000;

/**
 * Saves all results of a batch as one zip. It is made while it is sent, so a download that is cut off begins anew; the
 * file appears when it is whole.
 *
 * @throws CliError when the file is there already, or the server stays away
 */
export async function saveArchive(
	cli: Cli,
	batchId: string,
	file: string,
	{ overwrite }: { overwrite: boolean },
): Promise<{ bytes: number }> {
	if (!overwrite && (await stat(file).catch(() => undefined)))
		throw usageError(`${file} is there already. Use --force to replace it.`);
	const draft = `${file}.part`;
	try {
		for (let attempt = 1; ; attempt++) {
			const error = await saveOnce(cli, batchId, draft);
			if (!error) break;
			if (attempt >= TRIES)
				throw unavailableError("The download was cut off again.", error);
			cli.terminal.tell("The download was cut off. Beginning anew…");
			await cli.around.pause(PAUSE_MS, cli.around.signal);
		}
		await rename(draft, file);
	} finally {
		await rm(draft, { force: true });
	}
	cli.terminal.clearProgress();
	return { bytes: (await stat(file)).size };
}

/** Undefined when it is whole; otherwise what cut it off. */
async function saveOnce(
	cli: Cli,
	batchId: string,
	draft: string,
): Promise<Error | undefined> {
	const response = await cli
		.client()
		.send(
			`/batches/${encodeURIComponent(batchId)}/results.zip`,
			{ method: "GET", headers: { accept: "application/zip" } },
			{ idempotent: true },
		);
	const { signal } = cli.around;
	try {
		await pipeline(
			Readable.fromWeb(response.body as ReadableStream),
			counting((bytes) =>
				cli.terminal.progress(`Downloading… ${formatBytes(bytes)}`),
			),
			createWriteStream(draft),
			{ signal },
		);
		return undefined;
	} catch (error) {
		signal.throwIfAborted();
		if (isOwnFault(error)) throw error;
		return error as Error;
	}
}

/** The disk's fault, not the network's: trying again would not help. */
const isOwnFault = (error: unknown): boolean =>
	["ENOSPC", "EACCES", "EROFS", "ENOENT", "EISDIR", "EDQUOT"].includes(
		(error as NodeJS.ErrnoException).code ?? "",
	);

function counting(tell: (bytes: number) => void): Transform {
	let bytes = 0;
	return new Transform({
		transform(chunk: Buffer, _encoding, done) {
			bytes += chunk.length;
			tell(bytes);
			done(null, chunk);
		},
	});
}
