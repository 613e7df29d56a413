import { PassThrough, pipeline, type Readable } from "node:stream";
import { pipeline as pipe } from "node:stream/promises";
import { pack } from "tar-stream";
import type { ContextEntry } from "./context-entry.ts";

export interface PackOptions {
	/** Cut off the front of every path; what does not begin with it is left out. */
	root: string;
	/** Put in front of every path, with its slash. */
	prefix: string;
	/** Files of ours, beside the researcher's. */
	extra: readonly { path: string; text: string }[];
}

/**
 * A fresh tar of the folder for the engine. Nothing of the uploaded archive reaches the engine as it is: owner, time
 * and mode are set here, readable by everyone since programs run as nobody in particular, and equal folders give equal
 * tars, so that the engine's build cache finds them again.
 */
export function packContext(
	entries: AsyncIterable<ContextEntry>,
	options: PackOptions,
): Readable {
	const tar = pack();
	const output = new PassThrough();
	pipeline(tar as unknown as NodeJS.ReadableStream, output, () => {});
	write(tar, entries, options).catch((error: Error) => output.destroy(error));
	return output;
}

type Pack = ReturnType<typeof pack>;
type EntryHeader = Parameters<Pack["entry"]>[0];

async function write(
	tar: Pack,
	entries: AsyncIterable<ContextEntry>,
	{ root, prefix, extra }: PackOptions,
): Promise<void> {
	for (const { path, text } of extra)
		tar.entry({ ...plain(path), mode: 0o644 }, text);
	for await (const entry of entries) {
		if (!entry.path.startsWith(root)) continue;
		const path = prefix + entry.path.slice(root.length);
		await writeEntry(tar, entry, path);
	}
	tar.finalize();
}

async function writeEntry(
	tar: Pack,
	entry: ContextEntry,
	path: string,
): Promise<void> {
	const header: EntryHeader = { ...plain(path), mode: modeOf(entry) };
	if (entry.kind !== "file") {
		const linkname = entry.target ?? "";
		tar.entry({ ...header, type: entry.kind, linkname });
		return;
	}
	const sink = tar.entry({ ...header, size: entry.bytes });
	await pipe(entry.content, sink as unknown as NodeJS.WritableStream);
}

const plain = (name: string): EntryHeader => ({
	name,
	uid: 0,
	gid: 0,
	mtime: new Date(0),
});

const modeOf = ({ kind, executable }: ContextEntry): number =>
	kind !== "file" || executable ? 0o755 : 0o644;
