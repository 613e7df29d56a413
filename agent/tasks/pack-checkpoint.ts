import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import tar from "tar-stream";
import type { Report } from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";
import type { TaskFolder } from "../state/state-folder.ts";
import { isSignFile } from "./checkpoint-files.ts";
import { findFiles, openOutput } from "./output-files.ts";

/** What a file in the archive is, whoever wrote it and when: the same files make the same bytes. */
const SAME = { mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 } as const;

/**
 * Makes one file of what a program left in /checkpoint. Call it when the container is gone. Only regular files, sorted,
 * nothing read through a link.
 *
 * @returns undefined when the program left nothing
 * @throws TaskFailure when it cannot be read or is bigger than the task's disk
 */
export async function packCheckpoint(
	folder: TaskFolder,
	limitBytes: number,
): Promise<Report["checkpoint"]> {
	const found = await findFiles(folder.checkpoint);
	const files = found.filter(({ path }) => !isSignFile(path));
	if (files.length === 0) return undefined;
	const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
	if (total > limitBytes)
		throw new TaskFailure(
			"diskLimit",
			`Its checkpoint has ${total} bytes; ${limitBytes} are allowed.`,
		);
	const archive = tar.pack();
	const hash = createHash("sha256");
	let bytes = 0;
	const writing = pipeline(
		Readable.from(archive),
		async function* (chunks: AsyncIterable<Buffer>) {
			for await (const chunk of chunks) {
				hash.update(chunk);
				bytes += chunk.length;
				yield chunk;
			}
		},
		createWriteStream(folder.checkpointArchive, { mode: 0o600 }),
	);
	// Whoever fails first ends the other, and both are waited for.
	const adding = addFiles(archive, folder.checkpoint, files).catch((error) => {
		archive.destroy(error);
		throw error;
	});
	await Promise.all([adding, writing]);
	return { bytes, sha256: hash.digest("hex") };
}

async function addFiles(
	archive: tar.Pack,
	root: string,
	files: readonly { path: string; bytes: number }[],
): Promise<void> {
	for (const { path, bytes } of files) {
		const file = await openOutput(root, path);
		try {
			const entry = archive.entry({ name: path, size: bytes, ...SAME });
			await pipeline(
				file.createReadStream({ autoClose: false }),
				entry as unknown as NodeJS.WritableStream,
			);
		} finally {
			await file.close();
		}
	}
	archive.finalize();
}
