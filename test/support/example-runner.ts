import { randomUUID } from "node:crypto";
import { chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { expandCommand } from "../../agent/core/expand-command.ts";
import type { Parameters } from "../../agent/core/protocol.ts";
import { sandboxOptions } from "../../agent/engine/docker-sandbox.ts";
import {
	type ExampleName,
	exampleFile,
	readExampleProject,
} from "./example-project.ts";
import { until } from "./until.ts";

/** What a work unit of an example left behind. */
export interface ExampleRun {
	exitCode: number;
	/** Standard output and error together. */
	log: string;
	/** Output files by name. */
	outputs: Map<string, Buffer>;
}

/** Nobody in particular, as the agent does it when it runs as root. */
const NOBODY = 65532;

/** Builds the image of an example from its folder and answers with its id. Layers that are there are used again. */
export async function buildExample(
	docker: Docker,
	name: ExampleName,
): Promise<string> {
	const folder = exampleFile(name, readExampleProject(name).app.source.folder);
	const tag = `lull-example-${name}`;
	const stream = await docker.buildImage(
		{ context: folder, src: await readdir(folder) },
		// The packages are fetched over the machine's own network: an engine's bridge may lead nowhere.
		{ t: tag, networkmode: "host" },
	);
	await new Promise<void>((resolve, reject) => {
		docker.modem.followProgress(stream, (error, events) => {
			const failure = events?.find((event: { error?: string }) => event.error);
			if (error || failure) reject(error ?? new Error(failure.error));
			else resolve();
		});
	});
	return (await docker.getImage(tag).inspect()).Id;
}

/** A folder for /checkpoint that outlives the run, and whether the owner comes back in the middle of it. */
export interface ExampleCheckpoint {
	folder: string;
	interrupted: boolean;
}

/** Runs one work unit of an example in the agent's own sandbox. `environment` is added to what a task gets. */
export async function runExample(
	docker: Docker,
	name: ExampleName,
	imageId: string,
	parameters: Parameters,
	environment: string[] = [],
	checkpoint?: ExampleCheckpoint,
): Promise<ExampleRun> {
	const { app } = readExampleProject(name);
	const folder = await mkdtemp(join(tmpdir(), "lull-example-"));
	const ownFolder = await mkdtemp(join(tmpdir(), "lull-checkpoint-"));
	const checkpointFolder = checkpoint?.folder ?? ownFolder;
	const user = await giveAway(folder);
	await giveAway(checkpointFolder);
	const options = sandboxOptions({
		deviceId: randomUUID(),
		taskId: randomUUID(),
		workUnitId: randomUUID(),
		manifest: {
			version: 1,
			appVersionId: randomUUID(),
			projectId: randomUUID(),
			project: name,
			imageId,
			archive: { sha256: "0".repeat(64), bytes: 0 },
			command: app.command,
			platforms: app.platforms,
			...app.resources,
			network: "none",
		},
		engineImageId: imageId,
		imageVolumes: [],
		command: expandCommand(app.command, parameters),
		inputFolder: folder,
		outputFolder: folder,
		checkpointFolder,
		user,
		cgroupParent: undefined,
		ioWeight: false,
	});
	const container = await docker.createContainer({
		...options,
		Env: [...(options.Env ?? []), ...environment],
	});
	try {
		await container.start();
		if (checkpoint?.interrupted) await interrupt(container, checkpointFolder);
		const { StatusCode } = await container.wait();
		const log = await readLog(container);
		return { exitCode: StatusCode, log, outputs: await readOutputs(folder) };
	} finally {
		await container.remove({ force: true, v: true });
		for (const made of [folder, ownFolder])
			await rm(made, { recursive: true, force: true });
	}
}

/** As the agent does it: the signal as soon as the program is ready, the end as soon as it has written. */
async function interrupt(
	container: Docker.Container,
	folder: string,
): Promise<void> {
	const isThere = (name: string) =>
		until(`the program makes ${name}`, async () =>
			(await readdir(folder)).includes(name),
		);
	await isThere("ready");
	await container.kill({ signal: "SIGUSR1" });
	await isThere("done");
	await container.kill();
}

/** The owner of the folder, who is not root, as `uid:gid`. */
async function giveAway(folder: string): Promise<string> {
	const uid = process.getuid?.() || NOBODY;
	const gid = process.getgid?.() || NOBODY;
	if (uid === NOBODY) await chown(folder, uid, gid);
	return `${uid}:${gid}`;
}

async function readLog(container: Docker.Container): Promise<string> {
	const frames = await container.logs({ stdout: true, stderr: true });
	const texts: string[] = [];
	// Each piece has a head of 8 bytes, the last four of which are its length.
	for (let at = 0; at < frames.length; ) {
		const end = at + 8 + frames.readUInt32BE(at + 4);
		texts.push(frames.toString("utf8", at + 8, end));
		at = end;
	}
	return texts.join("");
}

async function readOutputs(folder: string): Promise<Map<string, Buffer>> {
	const names = (await readdir(folder)).sort();
	return new Map(
		await Promise.all(
			names.map(
				async (name) => [name, await readFile(join(folder, name))] as const,
			),
		),
	);
}
