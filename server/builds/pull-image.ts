import {
	formatImageReference,
	type ImageReference,
	parseImageReference,
} from "../app-versions/image-reference.ts";
import { AppError } from "../errors.ts";
import type { BuildEngine } from "./build-engine.ts";
import { removeImage } from "./build-engine.ts";
import {
	type EngineMessage,
	followEngineStream,
} from "./follow-engine-stream.ts";
import type { ImageJob, ImageMaker } from "./image-maker.ts";

/** From an image's reference: pulled, and pinned by the digest that it has at this moment. */
export const makeFromReference: ImageMaker = async (job) => {
	const reference = parseImageReference(job.details.reference ?? "");
	if (!reference)
		throw new AppError("invalidInput", "This is no image's reference.");
	const name = formatImageReference(reference);
	const before = await inspectIfThere(job.engine, name);
	await pull(job, name);
	const image = await job.engine.getImage(name).inspect();
	await job.engine.getImage(image.Id).tag(splitTag(job.tag));
	// Under its own name it stays on the engine only if it was there before us.
	if (!before) await removeImage(job.engine, name);
	return { imageReference: pin(reference, image.RepoDigests ?? []) };
};

async function pull(job: ImageJob, name: string): Promise<void> {
	job.print(`Pulling ${name}…\n`);
	const [platform, another] = job.platforms;
	const stream: NodeJS.ReadableStream = await job.engine.createImage({
		fromImage: name,
		...(platform && !another && { platform }),
		abortSignal: job.signal,
	});
	await followEngineStream(stream, onceEach(job.print));
}

/** A layer reports its progress many times a second; each of its states is printed once. */
function onceEach(
	print: (text: string) => void,
): (message: EngineMessage) => void {
	const said = new Map<string, string>();
	return ({ id, status }) => {
		if (status === undefined || said.get(id ?? "") === status) return;
		if (id !== undefined && said.size < 10_000) said.set(id, status);
		print(id === undefined ? `${status}\n` : `${id}: ${status}\n`);
	};
}

/** The digest under which the registry gives this very image again. */
function pin(
	reference: ImageReference,
	repoDigests: readonly string[],
): string {
	const own = repoDigests.find((pinned) => sameRepository(pinned, reference));
	const pinned = own ?? repoDigests[0];
	if (!pinned)
		throw new AppError(
			"invalidInput",
			"The registry gave the image without a digest, so it cannot be pinned.",
		);
	return pinned;
}

const sameRepository = (pinned: string, { repository }: ImageReference) => {
	const name = pinned.split("@")[0];
	return (
		name === repository ||
		`docker.io/${name}` === repository ||
		`docker.io/library/${name}` === repository
	);
};

async function inspectIfThere(engine: BuildEngine, name: string) {
	return engine
		.getImage(name)
		.inspect()
		.catch((error: { statusCode?: number }) => {
			if (error.statusCode === 404) return undefined;
			throw error;
		});
}

function splitTag(tag: string): { repo: string; tag: string } {
	const colon = tag.lastIndexOf(":");
	return { repo: tag.slice(0, colon), tag: tag.slice(colon + 1) };
}
