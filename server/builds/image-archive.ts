import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { AppError } from "../errors.ts";
import type { ContextEntry } from "./context-entry.ts";

const LIST_BYTES = 4 * 1024 * 1024;

const listSchema = z.array(
	z.object({ Config: z.string().max(300), Layers: z.array(z.string()) }),
);

/** Beginnings of what engines unpack besides tar and gzip; we cannot look inside, so they are not taken. */
const OTHER_PACKINGS: readonly (readonly [string, string])[] = [
	["28b52ffd", "zstd"],
	["fd377a58", "xz"],
	["425a68", "bzip2"],
];

const notAnArchive = () =>
	new AppError(
		"invalidInput",
		"The file is no image archive. Make it with: docker save IMAGE | gzip > image.tar.gz",
	);

/**
 * Reads an uploaded `docker save` archive through: it must hold exactly one image, and no layer that swells beyond the
 * limit when the engine unpacks it.
 *
 * @throws AppError invalidInput, tooLarge
 */
export async function checkImageArchive(
	entries: AsyncIterable<ContextEntry>,
	mostBytes: number,
): Promise<void> {
	let list: string | undefined;
	let bytes = 0;
	for await (const entry of entries) {
		if (entry.kind !== "file") continue;
		if (entry.path === "manifest.json") list = await readText(entry);
		else bytes += await measureUnpacked(entry, mostBytes - bytes);
	}
	const images = parseList(list);
	if (images.length !== 1)
		throw new AppError(
			"invalidInput",
			`The archive holds ${images.length} images. Save exactly one.`,
		);
}

function parseList(text: string | undefined) {
	try {
		return listSchema.parse(JSON.parse(text ?? ""));
	} catch {
		throw notAnArchive();
	}
}

/** How many bytes the file is when a packed layer is unpacked. */
async function measureUnpacked(
	entry: ContextEntry,
	most: number,
): Promise<number> {
	const content = entry.content[Symbol.asyncIterator]();
	const first = await content.next();
	const head = first.done ? Buffer.alloc(0) : Buffer.from(first.value);
	const hex = head.subarray(0, 4).toString("hex");
	const other = OTHER_PACKINGS.find(([magic]) => hex.startsWith(magic));
	if (other)
		throw new AppError(
			"invalidInput",
			`A layer of the image is packed with ${other[1]}. Save the image with docker save.`,
		);
	const rest = { [Symbol.asyncIterator]: () => content };
	const plain = hex.startsWith("1f8b") ? unzip(head, rest) : chain(head, rest);
	let bytes = 0;
	for await (const chunk of plain) {
		bytes += chunk.byteLength;
		if (bytes > most)
			throw new AppError(
				"tooLarge",
				"The image is larger than this server takes when it is unpacked.",
			);
	}
	return bytes;
}

async function* chain(
	head: Uint8Array,
	rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	yield head;
	yield* rest;
}

async function* unzip(
	head: Uint8Array,
	rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	const source = Readable.from(chain(head, rest));
	const gunzip = createGunzip();
	source.on("error", (error) => gunzip.destroy(error));
	try {
		yield* source.pipe(gunzip);
	} catch {
		throw new AppError("invalidInput", "A layer of the image is damaged.");
	}
}

/**
 * The same archive with its image under our name and no other: an archive that calls itself `debian:bookworm-slim` must
 * not become what everybody else's images are built from.
 */
export async function* renameImageArchive(
	entries: AsyncIterable<ContextEntry>,
	tag: string,
): AsyncGenerator<ContextEntry> {
	for await (const entry of entries) {
		if (entry.path === "repositories") continue;
		if (entry.path === "manifest.json")
			yield withText(entry, renameList(await readText(entry), tag));
		else if (entry.path === "index.json")
			yield withText(entry, renameIndex(await readText(entry), tag));
		else yield entry;
	}
}

function renameList(text: string, tag: string): string {
	const images = JSON.parse(text) as object[];
	return JSON.stringify(images.map((image) => ({ ...image, RepoTags: [tag] })));
}

/** The index that engines with containerd's image store read instead. */
function renameIndex(text: string, tag: string): string {
	const index = JSON.parse(text) as { manifests?: object[] };
	const annotations = {
		"io.containerd.image.name": `docker.io/library/${tag}`,
		"org.opencontainers.image.ref.name": tag.split(":")[1],
	};
	const manifests = index.manifests?.map((image) => ({
		...image,
		annotations,
	}));
	return JSON.stringify({ ...index, manifests });
}

function withText(entry: ContextEntry, text: string): ContextEntry {
	const content = Buffer.from(text);
	return {
		...entry,
		bytes: content.byteLength,
		content: Readable.from([content]),
	};
}

async function readText(entry: ContextEntry): Promise<string> {
	if (entry.bytes > LIST_BYTES) throw notAnArchive();
	const chunks: Uint8Array[] = [];
	for await (const chunk of entry.content) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}

/**
 * The id that every engine gives the image: the digest of its configuration. Read from the archive itself, since
 * engines with another image store call the image by another digest. Feed it the archive as it goes by.
 *
 * @throws AppError notAnArchive when there is none
 */
export function readImageId(list: string): string {
	const config = parseList(list)[0]?.Config ?? "";
	const digest = /([0-9a-f]{64})(?:\.json)?$/.exec(config)?.[1];
	if (!digest) throw notAnArchive();
	return `sha256:${digest}`;
}
