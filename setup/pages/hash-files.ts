import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** One digest over the names and contents of files and whole folders, for telling whether they changed. */
export async function hashFiles(
	root: string,
	paths: string[],
): Promise<string> {
	const hash = createHash("sha256");
	for (const path of [...paths].sort()) {
		for (const file of await listFiles(root, path)) {
			hash.update(`${file}\0`);
			hash.update(await readFile(join(root, file)));
		}
	}
	return hash.digest("hex");
}

/** Relative to the root, in a fixed order. A path that does not exist has no files. */
async function listFiles(root: string, path: string): Promise<string[]> {
	const found = await stat(join(root, path)).catch(() => undefined);
	if (!found) return [];
	if (!found.isDirectory()) return [path];
	const entries = await readdir(join(root, path), {
		recursive: true,
		withFileTypes: true,
	});
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
		.sort();
}
