import type Docker from "dockerode";
import { AgentError, sentenceOf } from "../core/agent-error.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { CgroupCounters } from "./cgroup-counters.ts";
import { CgroupFreezer } from "./cgroup-freezer.ts";
import {
	limitDeviceMemory,
	lowerParentCgroup,
	removeDeviceCgroup,
} from "./cgroup-limits.ts";
import { type CgroupSetting, deviceCgroup } from "./cgroup-paths.ts";
import type {
	ContainerDetails,
	ContainerEngine,
	EngineInfo,
	OwnContainer,
	RunningContainer,
	WantedContainer,
} from "./container-engine.ts";
import { DockerCalls, dockerStatus, openDocker } from "./docker-calls.ts";
import {
	type DockerInfo,
	readDetails,
	readInfo,
	readOwn,
	readRunning,
} from "./docker-details.ts";
import { loadDockerImage } from "./docker-image-load.ts";
import { readDockerLogs } from "./docker-logs.ts";
import { sandboxOptions } from "./docker-sandbox.ts";
import { LABEL } from "./our-labels.ts";

/** The name we give to images that we load: they bring none of their own. */
const IMAGE_REPOSITORY = "lull-app";

/** Docker, or Podman behind Docker's API, with the kernel's cgroups for what it has no fast enough call for. */
export class DockerContainerEngine implements ContainerEngine {
	readonly info: EngineInfo;
	readonly freezer: CgroupFreezer;
	readonly usage: CgroupCounters;
	readonly #calls: DockerCalls;
	readonly #deviceId: string;
	readonly #cgroups: CgroupSetting;
	/** Turned off when the engine turns out to have no I/O weights. */
	#ioWeight = true;

	private constructor(calls: DockerCalls, info: DockerInfo, deviceId: string) {
		this.#calls = calls;
		this.#deviceId = deviceId;
		this.#cgroups = {
			version: info.CgroupVersion ?? "1",
			driver: info.CgroupDriver ?? "cgroupfs",
		};
		this.info = readInfo(info);
		this.usage = new CgroupCounters(this.#cgroups, deviceId);
		this.freezer = new CgroupFreezer(this.usage, this);
	}

	/**
	 * @param address as for `openDocker`
	 * @throws AgentError `engine` when it does not answer
	 */
	static async connect(
		address: string | undefined,
		deviceId: string,
	): Promise<DockerContainerEngine> {
		const calls = new DockerCalls(openDocker(address));
		try {
			await calls.ask((docker) => docker.ping());
		} catch (error) {
			throw new AgentError(
				"engine",
				`The container engine does not answer (${sentenceOf(error)}). Start Docker, or say where it listens with --engine.`,
			);
		}
		const info: DockerInfo = await calls.ask((docker) => docker.info());
		return new DockerContainerEngine(calls, info, deviceId);
	}

	async listOwn(taskId?: string): Promise<OwnContainer[]> {
		const label = [`${LABEL.device}=${this.#deviceId}`];
		if (taskId) label.push(`${LABEL.task}=${taskId}`);
		const found = await this.#calls.ask((docker) =>
			docker.listContainers({ all: true, filters: { label } }),
		);
		return found.map(readOwn);
	}

	async listRunning(): Promise<RunningContainer[]> {
		const found = await this.#calls.ask((docker) =>
			docker.listContainers({ filters: { label: [LABEL.role] } }),
		);
		return found.map(readRunning);
	}

	async listOwnersNames(): Promise<string[]> {
		const running = await this.#calls.ask((docker) => docker.listContainers());
		return running
			.filter(({ Labels }) => !Labels[LABEL.role])
			.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, "")));
	}

	async inspect(id: string): Promise<ContainerDetails | undefined> {
		const found = await this.#calls.ask(
			(docker) => docker.getContainer(id).inspect(),
			404,
		);
		return found && readDetails(found);
	}

	async start(wanted: WantedContainer): Promise<void> {
		const image = await this.#calls.ask((docker) =>
			docker.getImage(wanted.engineImageId).inspect(),
		);
		const options = sandboxOptions({
			...wanted,
			deviceId: this.#deviceId,
			imageVolumes: Object.keys(image.Config.Volumes ?? {}),
			user: containerUser(),
			cgroupParent: deviceCgroup(this.#cgroups, this.#deviceId),
			ioWeight: this.#ioWeight,
		});
		const container = await this.#calls.ask((docker) =>
			docker.createContainer(options),
		);
		await this.#calls
			.ask((docker) => docker.getContainer(container.id).start())
			.catch((error: unknown) => this.#notStarted(error));
	}

	#notStarted(error: unknown): never {
		const sentence = sentenceOf(error);
		if (this.#ioWeight && /blkio|io\.(bfq|weight)/i.test(sentence)) {
			// The kernel has no I/O weights: from now on without; the CPU's and the parent's stay.
			this.#ioWeight = false;
			throw new Error("This engine has no I/O weights; starting without.");
		}
		// 400: the engine understood and cannot, such as a program that is not in the image.
		if (dockerStatus(error) === 400)
			throw new TaskFailure("engineError", sentence.slice(0, 2000));
		throw error;
	}

	async untilEnded(id: string, signal?: AbortSignal): Promise<void> {
		await this.#calls.hold(
			(docker) =>
				docker.getContainer(id).wait(signal ? { abortSignal: signal } : {}),
			404,
		);
	}

	async signal(id: string, name: "SIGUSR1"): Promise<void> {
		await this.#kill(id, { signal: name });
	}

	async kill(id: string): Promise<void> {
		await this.freezer.letDie(id, () => this.#kill(id));
	}

	async remove(id: string): Promise<void> {
		// 409: somebody removes it at this very moment.
		await this.freezer.letDie(id, () =>
			this.#calls.ask(
				(docker) => docker.getContainer(id).remove({ force: true, v: true }),
				404,
				409,
			),
		);
	}

	async pause(id: string): Promise<void> {
		// 404: it is gone. 409: it ended just now, or is paused already.
		await this.#calls.ask(
			(docker) => docker.getContainer(id).pause(),
			404,
			409,
		);
	}

	async unpause(id: string): Promise<void> {
		try {
			await this.#calls.ask(
				(docker) => docker.getContainer(id).unpause(),
				404,
				409,
			);
		} catch (error) {
			// Docker has no status of its own for this one: it went on or was ended while we asked.
			if (
				dockerStatus(error) === 500 &&
				/is not paused/.test(sentenceOf(error))
			)
				return;
			throw error;
		}
	}

	async readLogs(
		id: string,
		options: { follow: boolean; signal?: AbortSignal },
		write: (stream: "stdout" | "stderr", chunk: Buffer) => void,
	): Promise<void> {
		await readDockerLogs(this.#calls, id, options, write);
	}

	async followChanges(
		onChange: () => Promise<void>,
		signal: AbortSignal,
	): Promise<void> {
		const events = await this.#calls.hold((docker) =>
			docker.getEvents({
				filters: { type: ["container"], label: [LABEL.role] },
				abortSignal: signal,
			} as Docker.GetEventsOptions),
		);
		// What the events say is not read: that something happened is enough to look.
		for await (const _ of events) await onChange();
	}

	async hasImage(id: string): Promise<boolean> {
		return (await this.#inspectImage(id)) !== undefined;
	}

	async loadImage(archivePath: string, signal: AbortSignal): Promise<string[]> {
		return loadDockerImage(this.#calls, archivePath, signal);
	}

	async nameImage(id: string, appVersionId: string): Promise<void> {
		await this.#calls.ask((docker) =>
			docker.getImage(id).tag({ repo: IMAGE_REPOSITORY, tag: appVersionId }),
		);
	}

	async removeImage(id: string): Promise<void> {
		const image = await this.#inspectImage(id);
		if (!image) return;
		// By its names, so that an image which the owner has given a name of theirs stays.
		const names = image.RepoTags?.filter((tag) =>
			tag.startsWith(`${IMAGE_REPOSITORY}:`),
		);
		// 409: another agent's container uses it. It will sweep it itself.
		for (const name of names?.length ? names : [id])
			await this.#calls.ask(
				(docker) => docker.getImage(name).remove(),
				404,
				409,
			);
	}

	async sweepVolumes(): Promise<void> {
		const label = [`${LABEL.device}=${this.#deviceId}`];
		const { Volumes } = await this.#calls.ask((docker) =>
			docker.listVolumes({ filters: { label } }),
		);
		// 409: a container of ours still has it, and takes it along when it goes.
		for (const { Name } of Volumes ?? [])
			await this.#calls.ask(
				(docker) => docker.getVolume(Name).remove(),
				404,
				409,
			);
	}

	async lowerWeights(): Promise<"lowered" | "later" | "denied"> {
		if (await lowerParentCgroup(this.#cgroups)) return "lowered";
		// systemd makes our slices with the first container in them.
		return this.#cgroups.driver === "systemd" ? "later" : "denied";
	}

	async limitMemory(bytes: number): Promise<void> {
		await limitDeviceMemory(this.#cgroups, this.#deviceId, bytes);
	}

	async leave(): Promise<void> {
		await removeDeviceCgroup(this.#cgroups, this.#deviceId);
	}

	async #kill(id: string, options?: { signal: string }): Promise<void> {
		// 409: it does not run (any more).
		await this.#calls.ask(
			(docker) => docker.getContainer(id).kill(options),
			404,
			409,
		);
	}

	#inspectImage(id: string): Promise<Docker.ImageInspectInfo | undefined> {
		return this.#calls.ask((docker) => docker.getImage(id).inspect(), 404);
	}
}

/** Root inside a container is never what we want; for anyone else the files have to stay theirs. */
function containerUser(): string {
	const uid = process.getuid?.() ?? 0;
	return uid === 0 ? "65532:65532" : `${uid}:${process.getgid?.() ?? uid}`;
}
