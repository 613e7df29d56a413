import { type ChildProcess, execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { LABEL } from "../../agent/engine/our-labels.ts";
import { createEnrolmentCode } from "../../server/devices/enrolment/enrol-device.ts";
import type { RunningServer } from "../../server/start-server.ts";

const run = promisify(execFile);

/** A real agent on the real engine that belongs to a real server, with an owner whose programs the test plays. */
export class PortalAgent {
	readonly deviceId: string;
	readonly #docker: Docker;
	readonly #process: ChildProcess;
	readonly #dutyFile: string;
	/** What it wrote to its log. */
	log = "";

	private constructor(
		deviceId: string,
		docker: Docker,
		process: ChildProcess,
		dutyFile: string,
	) {
		this.deviceId = deviceId;
		this.#docker = docker;
		this.#process = process;
		this.#dutyFile = dutyFile;
		process.stderr?.on("data", (chunk) => {
			this.log += chunk;
		});
	}

	/** @param place the agent's bundle, the engine's address, and a folder that is the test's own */
	static async start(
		{ services, url }: RunningServer,
		ownerId: string,
		place: { bundle: string; engine: string; folder: string },
	): Promise<PortalAgent> {
		const { bundle, engine, folder } = place;
		const now = services.clock.now();
		const { code } = await createEnrolmentCode(services.db, ownerId, {}, now);
		const state = join(folder, `agent-${code}`);
		const dutyFile = `${state}.duty`;
		writeFileSync(dutyFile, "0");
		const { stdout } = await run(process.execPath, [
			...[bundle, "enroll", "--state", state, "--server", url],
			...["--code", code, "--name", "Bench", "--json"],
		]);
		const limits = ["--cores", "1", "--memory", "512M", "--disk", "1G"];
		const child = spawn(
			process.execPath,
			[bundle, "run", "--state", state, "--engine", engine, ...limits],
			{
				stdio: ["ignore", "ignore", "pipe"],
				env: { ...process.env, LULL_AGENT_DUTY_FILE: dutyFile },
			},
		);
		const { deviceId } = JSON.parse(stdout) as { deviceId: string };
		return new PortalAgent(deviceId, openDocker(engine), child, dutyFile);
	}

	/** From now on the owner's programs use so many percent of the machine. */
	playDuty(percent: number): void {
		writeFileSync(this.#dutyFile, String(percent));
	}

	/** Of this device, running or not. */
	containers(): Promise<Docker.ContainerInfo[]> {
		return this.#docker.listContainers({
			all: true,
			filters: { label: [`${LABEL.device}=${this.deviceId}`] },
		});
	}

	async stop(): Promise<void> {
		if (this.#process.exitCode === null) {
			const ended = new Promise((done) => this.#process.once("exit", done));
			this.#process.kill("SIGKILL");
			await ended;
		}
		for (const { Id } of await this.containers())
			await this.#docker
				.getContainer(Id)
				.remove({ force: true, v: true })
				.catch(() => undefined);
	}
}
