import { rm } from "node:fs/promises";
import { AgentError } from "../core/agent-error.ts";
import { pause } from "../core/pause.ts";
import { DockerContainerEngine } from "../engine/docker-container-engine.ts";
import { Images } from "../engine/images.ts";
import { getIdentity, type Identity } from "../state/identity.ts";
import { removeFolder } from "../state/remove-folder.ts";
import { StateFolder } from "../state/state-folder.ts";
import type { AgentConfig } from "./agent-config.ts";
import { askAgent } from "./control-client.ts";
import { lockState } from "./state-lock.ts";

const STOP_MS = 20_000;

/**
 * Ends this device's part in Lull: gives back what runs, removes our containers and images from the engine, then the
 * identity and everything else in the state folder. The device stays in the portal's list until it is retired there.
 *
 * @param giveBack what gives everything back when no agent runs: one that stops as soon as it has started
 */
export async function unenrollDevice(
	config: AgentConfig,
	giveBack: () => Promise<unknown>,
): Promise<Identity> {
	const state = new StateFolder(config.stateFolder);
	const identity = await getIdentity(state);
	await giveBackEverything(state, giveBack);
	const unlock = await lockState(state);
	try {
		const engine = await DockerContainerEngine.connect(
			config.engine,
			identity.deviceId,
		);
		for (const { id } of await engine.listOwn()) await engine.remove(id);
		await new Images(state, engine).sweep(new Date(), { all: true });
		for (const folder of [state.tasks, state.blobs, state.telemetry])
			await removeFolder(folder);
		for (const file of [
			state.images,
			state.measurements,
			state.wishes,
			state.rules,
			state.deviceRules,
			state.guardRecords,
			state.yoursNow,
		])
			await rm(file, { force: true });
		await engine.leave();
		// Last: as long as it is there, unenroll can be said again.
		await rm(state.identity, { force: true });
		return identity;
	} finally {
		unlock();
	}
}

/** Through the agent that runs, or by starting one that only does this. */
async function giveBackEverything(
	state: StateFolder,
	giveBack: () => Promise<unknown>,
): Promise<void> {
	if (!(await askAgent(state, { command: "stop" }))) {
		await giveBack();
		return;
	}
	const until = Date.now() + STOP_MS;
	while (Date.now() < until) {
		if (!(await askAgent(state, { command: "status" }))) return;
		await pause(200, new AbortController().signal);
	}
	throw new AgentError(
		"failed",
		"The running agent does not stop. Stop it and try again.",
	);
}
