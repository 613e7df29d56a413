import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, opendir } from "node:fs/promises";
import { join } from "node:path";
import { isErrno } from "../core/agent-error.ts";
import {
	filePathSchema,
	INLINE_OUTPUT_BYTES,
	type Report,
} from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";

/** Folders below /output that we look into. */
const DEPTH = 32;
/** Files and folders that a task may make; more is treated as a full disk. */
const ENTRIES = 20_000;
const OUTPUTS = 1000;
/** All inline outputs together, so that a report stays a small message. */
const INLINE_TOTAL_BYTES = 256 * 1024;

type Output = Report["outputs"][number];

/**
 * Bytes on the disk below a folder. Follows no symbolic link. Answers Infinity for more files or a deeper tree than
 * any honest program makes.
 */
export async function measureFolder(path: string): Promise<number> {
	let bytes = 0;
	let entries = 0;
	const folders = [{ path, depth: 0 }];
	for (let next = folders.pop(); next; next = folders.pop()) {
		const { path: folder, depth } = next;
		if (depth > DEPTH) return Number.POSITIVE_INFINITY;
		for await (const entry of await openFolder(folder)) {
			if (++entries > ENTRIES) return Number.POSITIVE_INFINITY;
			const child = join(folder, entry.name);
			if (entry.isDirectory()) folders.push({ path: child, depth: depth + 1 });
			// 512 is the unit of st_blocks whatever the file system's own is.
			bytes += await lstat(child).then(
				({ blocks }) => blocks * 512,
				() => 0, // it was removed meanwhile
			);
		}
	}
	return bytes;
}

/**
 * Every file that a program left in /output, with its hash. Call it when the container is gone: then nothing changes
 * beneath our feet. Only regular files count, and nothing is read through a link.
 *
 * @throws TaskFailure `outputUnreadable` or `diskLimit`, with a sentence for the researcher
 */
export async function listOutputs(
	root: string,
	limitBytes: number,
): Promise<Output[]> {
	const found = await findFiles(root);
	const total = found.reduce((sum, { bytes }) => sum + bytes, 0);
	if (total > limitBytes)
		throw new TaskFailure(
			"diskLimit",
			`Its outputs have ${total} bytes; ${limitBytes} are allowed.`,
		);
	let inlineLeft = INLINE_TOTAL_BYTES;
	const outputs: Output[] = [];
	for (const { path, bytes } of found) {
		const inline = bytes <= Math.min(INLINE_OUTPUT_BYTES, inlineLeft);
		if (inline) inlineLeft -= bytes;
		outputs.push(await readOutput(root, path, bytes, inline));
	}
	return outputs;
}

/**
 * Regular files below a folder, sorted by path.
 * @throws TaskFailure `outputUnreadable` for anything that is neither file nor folder, and for too many
 */
export async function findFiles(
	root: string,
): Promise<{ path: string; bytes: number }[]> {
	const files: { path: string; bytes: number }[] = [];
	const folders = [""];
	for (
		let folder = folders.pop();
		folder !== undefined;
		folder = folders.pop()
	) {
		if (folder.split("/").length > DEPTH)
			throw unreadable(`Its outputs lie deeper than ${DEPTH} folders.`);
		for await (const entry of await openFolder(join(root, folder))) {
			const path = folder ? `${folder}/${entry.name}` : entry.name;
			if (!filePathSchema.safeParse(path).success || path.includes("\ufffd"))
				throw unreadable(
					"The name of an output is too long or not plain text.",
				);
			if (entry.isDirectory()) folders.push(path);
			else if (!entry.isFile())
				throw unreadable(
					`${path} is not a regular file. Links, pipes and devices are no outputs.`,
				);
			else {
				const { size } = await lstat(join(root, path));
				files.push({ path, bytes: size });
			}
			if (files.length > OUTPUTS || folders.length > OUTPUTS)
				throw unreadable(`There are more than ${OUTPUTS} outputs.`);
		}
	}
	return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function readOutput(
	root: string,
	path: string,
	bytes: number,
	inline: boolean,
): Promise<Output> {
	const file = await openOutput(root, path);
	try {
		const hash = createHash("sha256");
		const kept: Buffer[] = [];
		let read = 0;
		for await (const chunk of file.createReadStream({ autoClose: false })) {
			read += chunk.length;
			hash.update(chunk);
			if (inline) kept.push(chunk);
		}
		if (read !== bytes) throw unreadable(`${path} changed while it was read.`);
		const sha256 = hash.digest("hex");
		return inline
			? { path, bytes, sha256, inline: Buffer.concat(kept).toString("base64") }
			: { path, bytes, sha256 };
	} finally {
		await file.close();
	}
}

/** Opens an output for reading, itself and never what it points to; a pipe would not block us. */
export async function openOutput(root: string, path: string) {
	try {
		const file = await open(
			join(root, path),
			constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
		);
		if ((await file.stat()).isFile()) return file;
		await file.close();
	} catch (error) {
		if (!isErrno(error, "ENOENT", "EACCES", "EPERM", "ELOOP", "ENXIO"))
			throw error;
	}
	throw unreadable(`${path} cannot be read.`);
}

/** An unreadable or vanished folder has no entries that we could count. */
async function openFolder(path: string) {
	try {
		return await opendir(path);
	} catch (error) {
		if (isErrno(error, "ENOENT", "ENOTDIR", "EACCES", "ENAMETOOLONG"))
			return [];
		throw error;
	}
}

const unreadable = (sentence: string) =>
	new TaskFailure("outputUnreadable", sentence);
