import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type Docker from "dockerode";
import type {
	Assignment,
	Manifest,
	Report,
	SignedManifest,
} from "../../agent/core/protocol.ts";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { DockerContainerEngine } from "../../agent/engine/docker-container-engine.ts";
import { LABEL } from "../../agent/engine/our-labels.ts";
import { buildBundles } from "../../setup/build-bundles.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";
import { until } from "./until.ts";

const TASK_MS = 40_000;

export interface Answer {
	code: number;
	stdout: string;
	stderr: string;
}

/** An enrolled device of the bench: a state folder, and the agent as its own process whenever a test starts it. */
export class BenchDevice {
	readonly id: string;
	readonly folder: string;
	readonly #bench: AgentBench;
	process: ChildProcess | undefined;
	log = "";
	/**
	 * The owner of a bench's device is away, however busy the machine is that the tests share. Undefined: the owner's
	 * programs are sensed.
	 */
	dutyFile: string | undefined;
	/** What else the agent is told by its surroundings. */
	environment: Record<string, string> = {};

	constructor(bench: AgentBench, id: string, folder: string) {
		this.#bench = bench;
		this.id = id;
		this.folder = folder;
		this.dutyFile = `${folder}.duty`;
		this.playDuty(0);
	}

	/** From now on the owner's programs use so many percent of the machine. */
	playDuty(percent: number): void {
		if (this.dutyFile) writeFileSync(this.dutyFile, String(percent));
	}

	get desk() {
		return this.#bench.gateway.device(this.id);
	}

	/** Starts the agent and waits until the server has an offer on this connection. */
	async start(...options: string[]): Promise<void> {
		const offers = this.desk.offers.length;
		this.launch(...options);
		await until(
			`device ${this.id} made an offer\n${this.log}`,
			async () => this.desk.offers.length > offers,
			30_000,
		);
	}

	launch(...options: string[]): void {
		const child = spawn(
			process.execPath,
			[
				this.#bench.bundle,
				"run",
				"--state",
				this.folder,
				"--engine",
				this.#bench.engineAddress,
				...options,
			],
			{
				stdio: ["ignore", "ignore", "pipe"],
				env: {
					...process.env,
					LULL_AGENT_DUTY_FILE: this.dutyFile,
					...this.environment,
				},
			},
		);
		child.stderr?.on("data", (chunk) => {
			this.log += chunk;
		});
		this.process = child;
	}

	/** Sends a signal and waits for the end; answers the exit code, or the signal's name. */
	async end(signal: NodeJS.Signals): Promise<number | string | null> {
		const child = this.process;
		this.process = undefined;
		if (!child || child.exitCode !== null) return child?.exitCode ?? null;
		const exited = new Promise<number | string | null>((resolve) =>
			child.once("exit", (code, by) => resolve(code ?? by)),
		);
		child.kill(signal);
		return exited;
	}

	/** Waits for the agent to end by itself. */
	async ended(): Promise<number | null> {
		const child = this.process;
		if (!child) return null;
		if (child.exitCode !== null) return child.exitCode;
		return new Promise((resolve) => child.once("exit", resolve));
	}

	command(name: string, ...options: string[]): Promise<Answer> {
		return this.#bench.command(name, "--state", this.folder, ...options);
	}

	/** Containers of this device, running or not. */
	containers(): Promise<Docker.ContainerInfo[]> {
		return this.#bench.docker.listContainers({
			all: true,
			filters: { label: [`${LABEL.device}=${this.id}`] },
		});
	}

	/** Gives the task to this device and waits for its report. */
	async run(task: BenchTask): Promise<Report> {
		this.give(task);
		return this.reportOf(task);
	}

	give(task: BenchTask): void {
		this.#bench.gateway.assign(this.id, [task.assignment], [task.manifest]);
	}

	reportOf({ assignment: { taskId } }: BenchTask): Promise<Report> {
		return until(
			`task ${taskId} was reported; the agent says:\n${this.log}`,
			async () => this.desk.reports.find((report) => report.taskId === taskId),
			TASK_MS,
		);
	}

	/** Waits until the container of a task runs. */
	running({
		assignment: { taskId },
	}: BenchTask): Promise<Docker.ContainerInfo> {
		return until(
			`a container of task ${taskId} runs; the agent says:\n${this.log}`,
			async () =>
				(await this.containers()).find(
					({ Labels, State }) =>
						Labels[LABEL.task] === taskId && State === "running",
				),
			TASK_MS,
		);
	}
}

export interface BenchTask {
	assignment: Assignment;
	manifest: SignedManifest;
}

/** A gateway, a real engine and any number of real agents on it, all gone after `close`. */
export class AgentBench {
	readonly gateway: ScriptedGateway;
	readonly engineAddress: string;
	readonly docker: Docker;
	readonly bundle: string;
	readonly imageId: string;
	readonly #folder: string;
	readonly #devices: BenchDevice[] = [];

	private constructor(parts: {
		gateway: ScriptedGateway;
		engineAddress: string;
		docker: Docker;
		bundle: string;
		imageId: string;
		folder: string;
	}) {
		this.gateway = parts.gateway;
		this.engineAddress = parts.engineAddress;
		this.docker = parts.docker;
		this.bundle = parts.bundle;
		this.imageId = parts.imageId;
		this.#folder = parts.folder;
	}

	static async start(engineAddress: string): Promise<AgentBench> {
		const folder = await mkdtemp(join(tmpdir(), "lull-agents-"));
		const docker = openDocker(engineAddress);
		const { Id: imageId } = await docker.getImage(baseImage).inspect();
		const [bundle] = await buildBundles(join(folder, "dist"), "lull-agent.mjs");
		if (!bundle) throw new Error("The agent's bundle was not built.");
		const gateway = await ScriptedGateway.start();
		return new AgentBench({
			gateway,
			engineAddress,
			docker,
			bundle,
			imageId,
			folder,
		});
	}

	async close(): Promise<void> {
		for (const device of this.#devices) {
			await device.end("SIGKILL");
			for (const { Id } of await device.containers())
				await this.docker.getContainer(Id).remove({ force: true, v: true });
			await (
				await DockerContainerEngine.connect(this.engineAddress, device.id)
			).leave();
		}
		await this.gateway.close();
		// Hostile tasks leave trees that only the system's rm can take down.
		await promisify(execFile)("rm", ["-rf", this.#folder]);
	}

	/** Enrolls a device with the real command. */
	async enrol(name = "Bench"): Promise<BenchDevice> {
		const folder = join(this.#folder, `state-${this.#devices.length}`);
		const { stdout, code, stderr } = await this.command(
			"enroll",
			"--state",
			folder,
			"--server",
			this.gateway.url,
			"--code",
			"GOOD-CODE-1234",
			"--name",
			name,
			"--json",
		);
		if (code !== 0) throw new Error(`Enrolment failed: ${stdout}${stderr}`);
		const device = new BenchDevice(this, JSON.parse(stdout).deviceId, folder);
		this.#devices.push(device);
		return device;
	}

	/** Runs the agent's command to its end. */
	command(...words: string[]): Promise<Answer> {
		return new Promise((resolve) => {
			execFile(
				process.execPath,
				[this.bundle, ...words],
				(error, stdout, stderr) =>
					resolve({
						code: typeof error?.code === "number" ? error.code : error ? -1 : 0,
						stdout,
						stderr,
					}),
			);
		});
	}

	/** A task that runs a shell script in the base image, which is on the engine already. */
	task(
		script: string,
		options: {
			manifest?: Partial<Manifest>;
			assignment?: Partial<Assignment>;
		} = {},
	): BenchTask {
		const manifest: Manifest = {
			version: 1,
			appVersionId: randomUUID(),
			projectId: randomUUID(),
			project: "bench",
			imageId: this.imageId,
			archive: {
				sha256: createHash("sha256").update("not needed").digest("hex"),
				bytes: 10,
			},
			command: ["/bin/sh", "-c", script],
			platforms: ["linux/amd64", "linux/arm64"],
			cores: 0.5,
			memoryMiB: 64,
			diskMiB: 16,
			network: "none",
			...options.manifest,
		};
		return {
			manifest: this.gateway.sign(manifest),
			assignment: {
				taskId: randomUUID(),
				workUnitId: randomUUID(),
				appVersionId: manifest.appVersionId,
				parameters: {},
				inputs: [],
				deadline: new Date(Date.now() + 3_600_000).toISOString(),
				maxFrozenSeconds: 300,
				checkpoint: null,
				...options.assignment,
			},
		};
	}
}

/** The text of a small output. */
export function outputText(report: Report, path: string): string {
	const output = report.outputs.find((candidate) => candidate.path === path);
	return Buffer.from(output?.inline ?? "", "base64").toString("utf8");
}

/** A file of a device's state folder. */
export const readState = (device: BenchDevice, ...path: string[]) =>
	readFile(join(device.folder, ...path), "utf8");

/** Removes a device's file, as a disk that loses it would. */
export const loseState = (device: BenchDevice, ...path: string[]) =>
	rm(join(device.folder, ...path), { recursive: true, force: true });
