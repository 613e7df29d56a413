import { stat } from "node:fs/promises";
import net from "node:net";
import { AgentError, isErrno } from "../core/agent-error.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { askAgent } from "./control-client.ts";

/**
 * Makes sure that one agent at a time works on a state folder. The lock is a name in the kernel (an abstract socket
 * named after the folder's inode), which is free again the moment its holder dies, however it dies. An agent in a
 * container of its own has other names; it is recognised by its answering on the control socket in the folder.
 *
 * A lock file would have to be kept fresh on the owner's disk, and would outlive a power cut.
 *
 * @returns how to give the lock back
 * @throws AgentError `locked`
 */
export async function lockState(state: StateFolder): Promise<() => void> {
	const { dev, ino } = await stat(state.path, { bigint: true });
	const lock = net.createServer((stranger) => stranger.destroy());
	await new Promise<void>((resolve, reject) => {
		lock.once("error", (error) =>
			reject(isErrno(error, "EADDRINUSE") ? locked(state) : error),
		);
		lock.listen(`\0lull-agent-${dev}-${ino}`, resolve);
	});
	lock.unref();
	if (await askAgent(state, { command: "status" })) {
		lock.close();
		throw locked(state);
	}
	return () => lock.close();
}

const locked = (state: StateFolder) =>
	new AgentError(
		"locked",
		`Another agent runs on ${state.path}. Each agent needs a state folder of its own (--state).`,
	);
