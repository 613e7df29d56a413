import { pipeline, type Readable } from "node:stream";
import { extract } from "tar-stream";
import { AppError } from "../errors.ts";
import { type ContextEntry, cleanEntryPath, refuse } from "./context-entry.ts";

/** The entries of a tar, unpacked of any gzip, one after the other; the content of one is gone when the next is asked for. */
export async function* readTarContext(
	source: Readable,
): AsyncGenerator<ContextEntry> {
	const tar = extract();
	// An error of either side destroys the other and is thrown by the iteration below.
	pipeline(source, tar as unknown as NodeJS.WritableStream, () => {});
	try {
		for await (const raw of tar) {
			const entry = describe(raw.header);
			if (entry) yield { ...entry, content: raw as AsyncIterable<Uint8Array> };
			raw.resume();
		}
	} catch (error) {
		throw unreadable(error);
	} finally {
		source.destroy();
	}
}

const KINDS = {
	file: "file",
	"contiguous-file": "file",
	directory: "directory",
	symlink: "symlink",
} as const;

function describe(header: {
	name: string;
	type?: string | null;
	mode?: number;
	size?: number;
	linkname?: string | null;
}): Omit<ContextEntry, "content"> | undefined {
	const path = cleanEntryPath(header.name);
	if (path === undefined) return undefined;
	const kind = KINDS[(header.type ?? "file") as keyof typeof KINDS];
	if (!kind)
		refuse(path, `is neither a file, a folder nor a link (${header.type})`);
	return {
		path,
		kind,
		executable: ((header.mode ?? 0) & 0o100) !== 0,
		bytes: kind === "file" ? (header.size ?? 0) : 0,
		...(kind === "symlink" && { target: header.linkname ?? "" }),
	};
}

function unreadable(error: unknown): unknown {
	if (error instanceof AppError) return error;
	const code = (error as NodeJS.ErrnoException).code ?? "";
	const message = error instanceof Error ? error.message : "";
	const fromSource = code.startsWith("E") && !code.startsWith("ERR_");
	if (fromSource) return error;
	return new AppError(
		"invalidInput",
		`The archive is damaged or not a tar: ${(message || code).slice(0, 200)}.`,
	);
}
