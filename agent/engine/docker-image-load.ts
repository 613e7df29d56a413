import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import type { DockerCalls } from "./docker-calls.ts";

/** An archive's list of images is small; anything bigger is not one. */
const LIST_BYTES = 1024 * 1024;

/**
 * Loads a `docker save` archive into the engine and answers the ids of the images that are there now because of it.
 *
 * The names inside the archive are taken out on the way: an archive that calls itself `nginx:latest` must not become
 * the owner's nginx.
 */
export async function loadDockerImage(
	calls: DockerCalls,
	archivePath: string,
	signal: AbortSignal,
): Promise<string[]> {
	const nameless = tar.pack();
	const archive = createReadStream(archivePath, { signal });
	const content = (await isGzip(archivePath))
		? archive.pipe(createGunzip())
		: archive;
	archive.on("error", (error) => content.destroy(error));
	const rewriting = withoutNames(content, nameless);
	// Whoever fails first ends the other; both are waited for, so that nothing goes on in the background.
	rewriting.catch((error) => nameless.destroy(error));
	const loading = calls
		.hold((docker) =>
			docker.loadImage(Readable.from(nameless), {
				quiet: true,
				abortSignal: signal,
			}),
		)
		.then(readAll);
	const [answer] = await Promise.all([loading, rewriting]);
	return readLoadedIds(answer);
}

async function withoutNames(source: Readable, target: tar.Pack): Promise<void> {
	const extract = tar.extract();
	const feeding = pipeline(source, extract);
	feeding.catch(() => {});
	for await (const entry of extract) {
		const { header } = entry;
		const name = header.name.replace(/^\.\//, "");
		if (name === "repositories") {
			entry.resume();
		} else if (name === "manifest.json" || name === "index.json") {
			const text = await readBounded(entry as unknown as Readable);
			const nameless = JSON.stringify(strip(JSON.parse(text)));
			target.entry(
				{ ...header, size: Buffer.byteLength(nameless), pax: null },
				nameless,
			);
		} else {
			await pipeline(
				entry as unknown as Readable,
				target.entry({ ...header, pax: null }),
			);
		}
	}
	await feeding;
	target.finalize();
}

/** Removes every name an image could get: Docker's RepoTags and the annotations of an OCI index. */
function strip(list: unknown): unknown {
	if (Array.isArray(list)) return list.map(strip);
	if (typeof list !== "object" || list === null) return list;
	return Object.fromEntries(
		Object.entries(list)
			.filter(([key]) => key !== "annotations")
			.map(([key, value]) => [key, key === "RepoTags" ? null : strip(value)]),
	);
}

async function readBounded(source: Readable): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of source) {
		bytes += chunk.length;
		if (bytes > LIST_BYTES)
			throw new Error("The list of images in the archive is too long.");
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}

async function isGzip(path: string): Promise<boolean> {
	for await (const chunk of createReadStream(path, { end: 1 }))
		return chunk[0] === 0x1f && chunk[1] === 0x8b;
	return false;
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks).toString("utf8");
}

/** The engine answers with lines of JSON: `{"stream":"Loaded image ID: sha256:…\n"}`. */
function readLoadedIds(answer: string): string[] {
	const lines = answer.split("\n").filter((line) => line.trim() !== "");
	return lines.flatMap((line) => {
		const { stream, error } = JSON.parse(line) as {
			stream?: string;
			error?: string;
		};
		if (error) throw new Error(`The engine could not load it: ${error}`);
		return [
			...(stream ?? "").matchAll(/Loaded image ID: (sha256:[0-9a-f]{64})/g),
		].map(([, id]) => id as string);
	});
}
