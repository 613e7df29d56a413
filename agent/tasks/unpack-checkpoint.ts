import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import tar from "tar-stream";
import { isErrno, sentenceOf } from "../core/agent-error.ts";
import { filePathSchema } from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { removeFolder } from "../state/remove-folder.ts";
import { isSignFile } from "./checkpoint-files.ts";

const FILES = 1000;

/**
 * Puts the files of a checkpoint into a folder, from nothing. The archive comes from a stranger's device: only regular
 * files with plain relative names, no more than the task may have.
 *
 * @throws TaskFailure `inputUnavailable` for anything else; the folder is empty then
 */
export async function unpackCheckpoint(
	archivePath: string,
	folder: string,
	limitBytes: number,
): Promise<void> {
	await removeFolder(folder);
	await makeFolder(folder);
	try {
		await unpack(archivePath, folder, limitBytes);
	} catch (error) {
		await removeFolder(folder);
		await makeFolder(folder);
		// A full disk is ours, not the archive's.
		if (isErrno(error, "ENOSPC", "EDQUOT", "EIO")) throw error;
		throw new TaskFailure(
			"inputUnavailable",
			`The checkpoint of an earlier device cannot be used: ${sentenceOf(error)}`,
		);
	}
}

async function unpack(
	archivePath: string,
	folder: string,
	limitBytes: number,
): Promise<void> {
	const extract = tar.extract();
	const feeding = pipeline(createReadStream(archivePath), extract);
	feeding.catch(() => {}); // reading the entries fails with it
	let bytes = 0;
	let files = 0;
	for await (const entry of extract) {
		const { name, type, size = 0 } = entry.header;
		if (type !== "file" || !filePathSchema.safeParse(name).success)
			throw new Error(`${name.slice(0, 100)} is not a plain file.`);
		if (isSignFile(name)) throw new Error(`${name} is a name of ours.`);
		bytes += size;
		if (++files > FILES || bytes > limitBytes)
			throw new Error("It is bigger than the task may be.");
		await makeParents(folder, name);
		await pipeline(
			entry,
			// Never over a file that is there, whatever the archive says.
			createWriteStream(join(folder, name), { flags: "wx" }),
		);
		await chmod(join(folder, name), 0o666);
	}
	await feeding;
}

/** The folder is ours alone until the container starts, so there is no link to be led astray by. */
async function makeParents(folder: string, name: string): Promise<void> {
	const parent = dirname(name);
	if (parent === ".") return;
	await makeParents(folder, parent);
	await makeFolder(join(folder, parent));
}

/** Writable for the container's user, which is not ours; the state folder around it is closed to all but us. */
async function makeFolder(path: string): Promise<void> {
	await mkdir(path, { recursive: true });
	await chmod(path, 0o777);
}
