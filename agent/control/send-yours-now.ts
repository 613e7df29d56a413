import { NO_WISHES } from "../core/owner-wishes.ts";
import { DockerContainerEngine } from "../engine/docker-container-engine.ts";
import { Images } from "../engine/images.ts";
import { clearDevice } from "../guard/clear-device.ts";
import { BlobCache } from "../link/blob-cache.ts";
import { getIdentity } from "../state/identity.ts";
import { StateFolder } from "../state/state-folder.ts";
import { writeWishes } from "../state/stored-wishes.ts";
import type { AgentConfig } from "./agent-config.ts";
import { askAgent } from "./control-client.ts";
import type { AgentStatus } from "./control-message.ts";
import { readStatus } from "./read-status.ts";
import { lockState } from "./state-lock.ts";

/**
 * The owner wants the device at once: through the agent that runs, or, when none does, by doing here what it would do.
 * Either way the device is paused afterwards until somebody says `resume`.
 *
 * @throws AgentError `identity` when the device is not enrolled
 */
export async function sendYoursNow(
	config: AgentConfig,
	images: boolean,
	now: Date,
): Promise<AgentStatus> {
	const state = new StateFolder(config.stateFolder);
	await getIdentity(state);
	const told = await askAgent(state, { command: "yoursNow", images });
	if (told) return told;
	await clearWithoutAgent(config, state, images);
	return readStatus(state, now);
}

async function clearWithoutAgent(
	config: AgentConfig,
	state: StateFolder,
	images: boolean,
): Promise<void> {
	const identity = await getIdentity(state);
	const unlock = await lockState(state);
	try {
		await writeWishes(state, { ...NO_WISHES, paused: true });
		const engine = await DockerContainerEngine.connect(
			config.engine,
			identity.deviceId,
		);
		// A killed agent may have left them frozen.
		const left = await engine.listOwn();
		await engine.freezer.adopt(left.map(({ id }) => id));
		await clearDevice(
			{
				engine,
				state,
				images: new Images(state, engine),
				blobs: new BlobCache(state.blobs),
				now: () => new Date(),
			},
			{ images },
		);
	} finally {
		unlock();
	}
}
