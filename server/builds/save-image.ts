import {
	PassThrough,
	type Readable,
	Transform,
	type Writable,
} from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { extract } from "tar-stream";
import { AppError } from "../errors.ts";
import type { BlobStore } from "../storage/blobs/blob-store.ts";
import type { BuildEngine } from "./build-engine.ts";
import { readImageId } from "./image-archive.ts";

/** Good enough: the next levels take twice the time for a hundredth of the size. */
const GZIP_LEVEL = 5;

export interface SavedImage {
	/** `sha256:…` of the image's configuration. */
	imageId: string;
	archiveSha256: string;
	archiveBytes: number;
}

/**
 * Stores an image of the engine as the archive that devices download: what `docker save` writes, without any name,
 * with gzip. Nothing is held in memory and nothing beside the blob is written to disk.
 *
 * @param engineId the engine's own id of it, not a name: saved by name the archive would carry the name
 */
export async function saveImage(
	engine: BuildEngine,
	blobs: Pick<BlobStore, "put">,
	engineId: string,
	options: { mostBytes: number; signal: AbortSignal },
): Promise<SavedImage> {
	const archive = await engine.getImage(engineId).get();
	const list = createListReader();
	const zipped = new PassThrough();
	const [stored] = await Promise.all([
		blobs.put(zipped),
		pipeline(
			archive,
			limitBytes(options.mostBytes),
			list.tee,
			createGzip({ level: GZIP_LEVEL }),
			zipped,
			{ signal: options.signal },
		),
	]);
	return {
		imageId: readImageId(await list.text),
		archiveSha256: stored.sha256,
		archiveBytes: stored.bytes,
	};
}

function limitBytes(most: number): Transform {
	let bytes = 0;
	return new Transform({
		transform(chunk: Uint8Array, _encoding, done) {
			bytes += chunk.byteLength;
			if (bytes <= most) return done(null, chunk);
			done(
				new AppError(
					"tooLarge",
					`The image has more than ${Math.floor(most / 1024 / 1024)} MiB, which is more than this server takes.`,
				),
			);
		},
	});
}

/** Lets the archive through and reads the list of images (`manifest.json`) out of it on the way. */
function createListReader() {
	const tar = extract();
	// streamx behind it; what is used of it here is what Node's streams have too.
	const sink = tar as unknown as Writable;
	const text = findList(tar);
	const tee = new Transform({
		transform(chunk: Uint8Array, _encoding, done) {
			if (sink.write(chunk)) return done(null, chunk);
			sink.once("drain", () => done(null, chunk));
		},
		flush(done) {
			sink.end();
			done();
		},
		destroy(error, done) {
			if (error) sink.destroy(error);
			done(error);
		},
	});
	text.catch((error: Error) => tee.destroy(error));
	return { tee, text };
}

async function findList(tar: ReturnType<typeof extract>): Promise<string> {
	let text = "";
	for await (const entry of tar) {
		if (entry.header.name === "manifest.json")
			for await (const chunk of entry as unknown as Readable) text += chunk;
		else entry.resume();
	}
	return text;
}
