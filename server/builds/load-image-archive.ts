import { followEngineStream } from "./follow-engine-stream.ts";
import { checkImageArchive, renameImageArchive } from "./image-archive.ts";
import type { ImageMaker } from "./image-maker.ts";
import { packContext } from "./pack-context.ts";
import { readContext } from "./read-context.ts";

/** From an uploaded `docker save` archive: read through and checked first, then given to the engine under our name. */
export const makeFromArchive: ImageMaker = async (job) => {
	const read = () =>
		readContext(job.blobs, job.sourceSha256, job.limits.context);
	job.print("Checking the archive…\n");
	await checkImageArchive(read(), job.limits.imageBytes);
	job.print("Loading the image…\n");
	const archive = packContext(renameImageArchive(read(), job.tag), {
		root: "",
		prefix: "",
		extra: [],
	});
	const output = await job.engine.loadImage(archive, {
		quiet: true,
		abortSignal: job.signal,
	});
	await followEngineStream(output, ({ stream }) => {
		if (stream) job.print(stream);
	});
	return { imageReference: null };
};
