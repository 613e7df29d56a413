import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerEngine } from "../engine/container-engine.ts";
import type { TaskFolder } from "../state/state-folder.ts";
import { DONE_FILE, READY_FILE } from "./checkpoint-files.ts";

/** How long a program has to write its checkpoint. */
export const CHECKPOINT_GRACE_MS = 8_000;
const LOOK_EVERY_MS = 50;

/**
 * Gives a program that can write a checkpoint the time to: SIGUSR1, then some seconds, thawed with a quarter of a core
 * if the owner is busy. Over as soon as it says `done` or ends. A program that never said `ready` is not asked.
 */
export async function askForCheckpoint(
	containerId: string,
	folder: TaskFolder,
	engine: ContainerEngine,
): Promise<void> {
	if (!(await exists(join(folder.checkpoint, READY_FILE)))) return;
	const done = join(folder.checkpoint, DONE_FILE);
	await rm(done, { recursive: true, force: true });
	const ended = new AbortController();
	await engine.freezer.letSpeak(containerId, async () => {
		void engine
			.untilEnded(containerId, ended.signal)
			.catch(() => {})
			.then(() => ended.abort());
		await engine.signal(containerId, "SIGUSR1");
		const until = performance.now() + CHECKPOINT_GRACE_MS;
		while (!ended.signal.aborted && performance.now() < until) {
			if (await exists(done)) break;
			await sleep(LOOK_EVERY_MS);
		}
		ended.abort();
	});
}

const exists = (path: string) =>
	lstat(path).then(
		() => true,
		() => false,
	);
