import net from "node:net";
import type { StateFolder } from "../state/state-folder.ts";
import {
	type AgentStatus,
	agentStatusSchema,
	type ControlRequest,
	withSocketPath,
} from "./control-message.ts";

const ANSWER_MS = 5_000;

/**
 * Asks the agent that runs on a state folder; undefined when none does. One line of JSON there, one answer back, and
 * the other end hangs up: an answer that was cut off does not parse, and counts as none.
 */
export async function askAgent(
	state: StateFolder,
	request: ControlRequest,
): Promise<AgentStatus | undefined> {
	const line = await withSocketPath(state, (path) =>
		exchange(path, `${JSON.stringify(request)}\n`),
	).catch(() => undefined);
	if (line === undefined) return undefined;
	try {
		return agentStatusSchema.parse(JSON.parse(line));
	} catch {
		return undefined;
	}
}

function exchange(path: string, line: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = net.connect(path);
		let answer = "";
		socket.setTimeout(ANSWER_MS, () =>
			socket.destroy(new Error("The agent does not answer.")),
		);
		socket.on("error", reject);
		socket.on("connect", () => socket.write(line));
		socket.on("data", (chunk) => {
			answer += chunk.toString("utf8");
		});
		socket.on("end", () => resolve(answer));
	});
}
