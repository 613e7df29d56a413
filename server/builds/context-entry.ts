import { posix } from "node:path";
import { filePathSchema } from "../../agent/core/protocol.ts";
import { AppError } from "../errors.ts";

/** One entry of a researcher's folder, whichever archive it came in. Its content is read once, or not at all. */
export interface ContextEntry {
	/** Below the folder, with forward slashes. */
	path: string;
	kind: "file" | "directory" | "symlink";
	executable: boolean;
	bytes: number;
	/** Where a symlink points, as it is written in it. */
	target?: string;
	content: AsyncIterable<Uint8Array>;
}

export interface ContextLimits {
	entries: number;
	/** Of all files together, unpacked. */
	bytes: number;
}

/** The path of an entry as tar and zip write it, without `./` in front and `/` behind; undefined for the folder itself. */
export function cleanEntryPath(raw: string): string | undefined {
	const path = raw.replace(/^(\.\/+)+/, "").replace(/\/+$/, "");
	return path === "" || path === "." ? undefined : path;
}

/**
 * Checks the entries of one archive, each as it comes, so that whoever unpacks what passed stays inside the folder:
 * plain paths, no path twice, no path through a link, no link that leads out, nothing but files, folders and links,
 * and no more of them than the limits allow.
 *
 * @throws AppError invalidInput or tooLarge, with a sentence that names the entry
 */
export function createContextCheck(limits: ContextLimits) {
	const kinds = new Map<string, ContextEntry["kind"]>();
	let entries = 0;
	let bytes = 0;
	return (entry: Omit<ContextEntry, "content">): void => {
		entries += 1;
		if (entries > limits.entries)
			throw new AppError(
				"tooLarge",
				`The folder has more than ${limits.entries} entries. Leave out what the image does not need.`,
			);
		bytes += entry.bytes;
		if (bytes > limits.bytes)
			throw new AppError(
				"tooLarge",
				`The folder has more than ${Math.floor(limits.bytes / 1024 / 1024)} MiB when it is unpacked.`,
			);
		demandPlainPath(entry.path);
		demandRealParents(entry.path, kinds);
		const before = kinds.get(entry.path);
		if (before && !(before === "directory" && entry.kind === "directory"))
			refuse(entry.path, "is in the archive twice");
		kinds.set(entry.path, entry.kind);
		if (entry.kind === "symlink") demandTargetInside(entry);
	};
}

export function refuse(path: string, why: string): never {
	throw new AppError(
		"invalidInput",
		`“${printable(path)}” ${why}. Pack the folder again without it.`,
	);
}

function demandPlainPath(path: string): void {
	if (!filePathSchema.safeParse(path).success || /\p{Surrogate}/u.test(path))
		refuse(
			path,
			"is not a plain path below the folder of at most 512 characters",
		);
}

/** Marks the folders above an entry as such, so that none of them can become a link later. */
function demandRealParents(
	path: string,
	kinds: Map<string, ContextEntry["kind"]>,
): void {
	for (
		let parent = posix.dirname(path);
		parent !== ".";
		parent = posix.dirname(parent)
	) {
		const kind = kinds.get(parent);
		if (kind === "directory") return;
		if (kind !== undefined)
			refuse(path, `lies below “${printable(parent)}”, which is no folder`);
		kinds.set(parent, "directory");
	}
}

/**
 * `..` is only taken at the beginning of a target: after a name it would go up from wherever that name leads, if it is
 * a link itself, and could climb out step by step.
 */
function demandTargetInside({
	path,
	target = "",
}: Pick<ContextEntry, "path" | "target">): void {
	const parts = target.split("/");
	const up = parts.findIndex((part) => part !== "..");
	const climbs = up < 0 ? parts.length : up;
	const depth = path.split("/").length - 1;
	const rest = parts.slice(climbs);
	const plain =
		target !== "" &&
		target.length <= 512 &&
		!target.startsWith("/") &&
		!rest.includes("..") &&
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be kept out
		!/[\u0000-\u001f\u007f\\]/.test(target);
	if (!plain || climbs > depth)
		refuse(path, "is a link that leads out of the folder");
}

/** A path that can be shown in a sentence, whatever is in it. */
function printable(path: string): string {
	const shown = path.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, "?");
	return shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
}
