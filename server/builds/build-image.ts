import {
	CODE_CONTEXT_FOLDER,
	dockerfileOf,
	findStockRuntime,
} from "../app-versions/stock-runtimes.ts";
import { AppError } from "../errors.ts";
import { BUILD_LABELS } from "./build-engine.ts";
import { followEngineStream } from "./follow-engine-stream.ts";
import type { ImageJob, ImageMaker } from "./image-maker.ts";
import { type PackOptions, packContext } from "./pack-context.ts";
import { readContext } from "./read-context.ts";
import { summariseContext } from "./summarise-context.ts";

const MIB = 1024 * 1024;

/** From a folder with a Dockerfile. */
export const makeFromDockerfile: ImageMaker = async (job) => {
	const dockerfile = job.details.dockerfile ?? "Dockerfile";
	const context = await summarise(job, dockerfile);
	const options = { root: context.root, prefix: "", extra: [] };
	await build(job, options, dockerfile);
	return {
		imageReference: null,
		context: { ...context, dockerfile: context.text },
	};
};

/** From a folder of code: built with a Dockerfile of ours, in which the folder is a folder. */
export const makeFromCode: ImageMaker = async (job) => {
	const runtime = findStockRuntime(job.details.runtime ?? "");
	if (!runtime)
		throw new AppError("invalidInput", "This runtime is no longer offered.");
	const context = await summarise(job, job.details.entryPoint ?? "");
	const dockerfile = dockerfileOf(runtime);
	await build(
		job,
		{
			root: context.root,
			prefix: `${CODE_CONTEXT_FOLDER}/`,
			extra: [{ path: "Dockerfile", text: dockerfile }],
		},
		"Dockerfile",
	);
	return { imageReference: null, context: { ...context, dockerfile } };
};

function summarise(job: ImageJob, wanted: string) {
	job.print("Checking the folder…\n");
	return summariseContext(
		readContext(job.blobs, job.sourceSha256, job.limits.context),
		wanted,
	);
}

async function build(
	job: ImageJob,
	options: PackOptions,
	dockerfile: string,
): Promise<void> {
	const entries = readContext(job.blobs, job.sourceSha256, job.limits.context);
	const memory = job.limits.buildMemoryMiB * MIB;
	const output = await job.engine.buildImage(packContext(entries, options), {
		t: job.tag,
		dockerfile,
		labels: BUILD_LABELS,
		// No container of a step stays behind, whether it succeeded or not.
		rm: true,
		forcerm: true,
		memory,
		memswap: memory,
		...(job.buildNetwork !== "default" && { networkmode: job.buildNetwork }),
		...(await foreignPlatform(job)),
		abortSignal: job.signal,
	});
	await followEngineStream(output, ({ stream, status, id }) => {
		if (stream !== undefined) job.print(stream);
		else if (status !== undefined && !id) job.print(`${status}\n`);
	});
}

/** Said to the engine only when none of the platforms is its own: then it must emulate one, if it can. */
async function foreignPlatform(job: ImageJob) {
	const { Os, Arch } = await job.engine.version();
	const [first] = job.platforms;
	return job.platforms.includes(`${Os}/${Arch}`) || !first
		? {}
		: { platform: first };
}
