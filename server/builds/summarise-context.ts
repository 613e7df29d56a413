import { AppError } from "../errors.ts";
import type { ContextEntry } from "./context-entry.ts";

/** How much of the list of files a reviewer is shown, and of each shown text. */
const SHOWN_FILES = 1_000;
const SHOWN_TEXT_BYTES = 64 * 1024;

/** What a reviewer sees of a researcher's folder. */
export interface ContextSummary {
	/** The folder's own name, when the archive holds everything below one; stripped before the build. */
	root: string;
	files: { path: string; bytes: number }[];
	/** All of them, also those that are not listed. */
	fileCount: number;
	bytes: number;
	/** The text of the file that was asked for, up to 64 KiB of it. */
	text: string;
}

/**
 * Reads a folder through once: checks all of it, lists it, and finds `wanted` (the Dockerfile, or the entry point),
 * also when the archive holds the folder itself and not only what is in it.
 *
 * @throws AppError invalidInput when `wanted` is not there
 */
export async function summariseContext(
	entries: AsyncIterable<ContextEntry>,
	wanted: string,
): Promise<ContextSummary> {
	const files: { path: string; bytes: number }[] = [];
	const texts = new Map<string, string>();
	const tops = new Set<string>();
	let fileCount = 0;
	let bytes = 0;
	for await (const entry of entries) {
		if (tops.size < 2) tops.add(topOf(entry));
		if (entry.kind === "directory") continue;
		fileCount += 1;
		bytes += entry.bytes;
		if (files.length < SHOWN_FILES)
			files.push({ path: entry.path, bytes: entry.bytes });
		if (isWanted(entry, wanted)) texts.set(entry.path, await readText(entry));
	}
	const [top] = tops;
	const inside = tops.size === 1 && top ? `${top}/${wanted}` : wanted;
	const found = texts.has(wanted) ? wanted : inside;
	const text = texts.get(found);
	if (text === undefined)
		throw new AppError(
			"invalidInput",
			`There is no file “${wanted}” in the folder.`,
		);
	return {
		root: found === wanted ? "" : `${top}/`,
		files,
		fileCount,
		bytes,
		text,
	};
}

/** A file in the folder itself is a top of its own kind: then nothing can be stripped. */
function topOf({ path, kind }: ContextEntry): string {
	const slash = path.indexOf("/");
	if (slash >= 0) return path.slice(0, slash);
	return kind === "directory" ? path : "";
}

const isWanted = ({ path, kind }: ContextEntry, wanted: string): boolean =>
	kind === "file" &&
	(path === wanted || path.slice(path.indexOf("/") + 1) === wanted);

async function readText(entry: ContextEntry): Promise<string> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of entry.content) {
		if (length < SHOWN_TEXT_BYTES) chunks.push(chunk);
		length += chunk.byteLength;
	}
	return Buffer.concat(chunks).subarray(0, SHOWN_TEXT_BYTES).toString("utf8");
}
