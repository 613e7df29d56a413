import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { z } from "zod";
import { isErrno } from "../core/agent-error.ts";

let writes = 0;

/**
 * Writes JSON so that the file is either the old or the new one, also when the power fails in between: a file beside
 * it is flushed to the disk first and then takes the name, and the folder with the name is flushed too. When the
 * promise resolves, it is durable; what we tell the server after that may be relied on.
 */
export async function writeJsonFile(
	path: string,
	value: unknown,
	mode = 0o600,
): Promise<void> {
	const beside = `${path}.${process.pid}-${++writes}.new`;
	try {
		const file = await open(beside, "wx", mode);
		try {
			await file.writeFile(JSON.stringify(value));
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(beside, path);
	} catch (error) {
		await rm(beside, { force: true });
		throw error;
	}
	await flushFolder(dirname(path));
}

/** What the file holds; undefined when it is not there or is not what it should be (a disk can do that). */
export async function readJsonFile<S extends z.ZodType>(
	path: string,
	schema: S,
): Promise<z.output<S> | undefined> {
	const text = await readFile(path, "utf8").catch((error) => {
		if (isErrno(error, "ENOENT", "ENOTDIR")) return undefined;
		throw error;
	});
	if (text === undefined) return undefined;
	try {
		return schema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}

/** Makes the names in a folder durable. */
async function flushFolder(path: string): Promise<void> {
	const folder = await open(path, "r");
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}
