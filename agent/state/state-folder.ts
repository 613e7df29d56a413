import { chmod, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AgentError, sentenceOf } from "../core/agent-error.ts";

/**
 * Where everything is:
 *
 *   identity.json      private key, device id, server, pinned signing key (0600)
 *   measurements.json  what the device measured of itself, and when
 *   wishes.json        the owner's pause and drain, said at the device
 *   rules.json         the owner's rules as the portal said them last
 *   device-rules.json  rules that were said at the device
 *   guard.json         records of the guard that the server has not acknowledged, and the last ones
 *   yours-now.json     the last time that the owner wanted the device at once
 *   images.json        which image of the engine each archive became
 *   tasks/<taskId>/    assignment.json  ending.json  report.json  frozen.json  input/  output/  checkpoint/
 *   blobs/<sha256>     what was downloaded; `.part` while it is not whole
 *   telemetry/         minutes that the server has not acknowledged
 *   agent.sock         the running agent listens here
 */
export class StateFolder {
	readonly path: string;

	constructor(path: string) {
		this.path = path;
	}

	get identity() {
		return join(this.path, "identity.json");
	}
	get measurements() {
		return join(this.path, "measurements.json");
	}
	get wishes() {
		return join(this.path, "wishes.json");
	}
	get rules() {
		return join(this.path, "rules.json");
	}
	get deviceRules() {
		return join(this.path, "device-rules.json");
	}
	get guardRecords() {
		return join(this.path, "guard.json");
	}
	get yoursNow() {
		return join(this.path, "yours-now.json");
	}
	get images() {
		return join(this.path, "images.json");
	}
	get tasks() {
		return join(this.path, "tasks");
	}
	get blobs() {
		return join(this.path, "blobs");
	}
	get telemetry() {
		return join(this.path, "telemetry");
	}

	/** @param taskId a UUID, checked by the protocol's schema before it gets here */
	task(taskId: string): TaskFolder {
		return new TaskFolder(join(this.tasks, taskId));
	}

	/** Makes what is missing. Nobody but us may look inside: the private key is here. */
	async make(): Promise<void> {
		try {
			await mkdir(this.path, { recursive: true, mode: 0o700 });
			const { mode } = await lstat(this.path);
			if (mode & 0o077) await chmod(this.path, 0o700);
			for (const folder of [this.tasks, this.blobs, this.telemetry])
				await mkdir(folder, { recursive: true, mode: 0o700 });
		} catch (error) {
			throw new AgentError(
				"usage",
				`The state folder ${this.path} cannot be used (${sentenceOf(error)}). Choose another with --state.`,
			);
		}
	}
}

/** The folder of one task. */
export class TaskFolder {
	readonly path: string;

	constructor(path: string) {
		this.path = path;
	}

	get assignment() {
		return join(this.path, "assignment.json");
	}
	get ending() {
		return join(this.path, "ending.json");
	}
	get attempts() {
		return join(this.path, "attempts.json");
	}
	get report() {
		return join(this.path, "report.json");
	}
	get input() {
		return join(this.path, "input");
	}
	/** Made last, when every input is in its place: that it exists is how we know. */
	get inputsReady() {
		return join(this.path, "inputs-ready");
	}
	get output() {
		return join(this.path, "output");
	}
	/** What the program writes to go on elsewhere. It outlives the container. */
	get checkpoint() {
		return join(this.path, "checkpoint");
	}
	/** The same as one file, made when the task is given back. */
	get checkpointArchive() {
		return join(this.path, "checkpoint.tar");
	}
	/** How long it stood frozen. */
	get frozen() {
		return join(this.path, "frozen.json");
	}
}
