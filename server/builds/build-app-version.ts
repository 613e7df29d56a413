import type { NewBuild } from "../app-versions/build-store.ts";
import type { AppVersionSource } from "../database/generated/enums.ts";
import { removeImage } from "./build-engine.ts";
import { makeFromCode, makeFromDockerfile } from "./build-image.ts";
import { checkImage } from "./check-image.ts";
import type { ImageJob, ImageMaker, MadeImage } from "./image-maker.ts";
import { makeFromArchive } from "./load-image-archive.ts";
import { makeFromReference } from "./pull-image.ts";
import { saveImage } from "./save-image.ts";

const MAKERS: Record<AppVersionSource, ImageMaker> = {
	dockerfile: makeFromDockerfile,
	archive: makeFromArchive,
	reference: makeFromReference,
	code: makeFromCode,
};

/**
 * Makes a version's builds, whatever they come from, and stores them for devices: today one image, which is for whatever
 * platform it turns out to be for. When it fails, nothing of it stays on the engine under our name.
 */
export async function buildAppVersion(
	source: AppVersionSource,
	job: ImageJob,
): Promise<{ builds: NewBuild[]; made: MadeImage }> {
	try {
		const made = await MAKERS[source](job);
		const inspected = await job.engine.getImage(job.tag).inspect();
		const mostBytes = job.limits.imageBytes;
		const platform = checkImage(inspected, {
			platforms: job.platforms,
			mostBytes,
		});
		job.print("Storing the image…\n");
		const saved = await saveImage(job.engine, job.blobs, inspected.Id, {
			// A tar is a little larger than what it holds.
			mostBytes: mostBytes * 1.1,
			signal: job.signal,
		});
		const { imageReference } = made;
		const imageBytes = inspected.Size;
		return {
			builds: [
				{ ...saved, platform, kind: "image", imageReference, imageBytes },
			],
			made,
		};
	} catch (error) {
		await removeImage(job.engine, job.tag).catch(() => {});
		throw error;
	}
}
