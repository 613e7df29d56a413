import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Every file below `folder` whose name ends in `fileName`, in the order of
 * their paths. The results of a batch come as one folder or file prefix for
 * each work unit; either way the name that the program chose is at the end.
 */
export function findResultFiles(folder: string, fileName: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(fileName))
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}
