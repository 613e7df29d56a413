import { AGENT_VERSION } from "../core/agent-version.ts";
import { isPaused } from "../core/owner-wishes.ts";
import { getIdentity } from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { readWishes } from "../state/stored-wishes.ts";
import { askAgent } from "./control-client.ts";
import type { AgentStatus } from "./control-message.ts";

/**
 * How the agent on a state folder stands, from itself or, when it does not run, from the folder.
 * @throws AgentError `identity` when the device is not enrolled
 */
export async function readStatus(
	state: StateFolder,
	now: Date,
): Promise<AgentStatus> {
	const running = await askAgent(state, { command: "status" });
	if (running) return running;
	const identity = await getIdentity(state);
	const wishes = await readWishes(state);
	return {
		running: false,
		deviceId: identity.deviceId,
		name: identity.name,
		owner: identity.owner,
		server: identity.server,
		version: AGENT_VERSION,
		connected: false,
		mode: isPaused(wishes, now)
			? "paused"
			: wishes.draining
				? "draining"
				: "working",
		pausedUntil: wishes.pausedUntil,
		tasks: [],
	};
}

/** The status in a few lines for people. */
export function describeStatus(status: AgentStatus): string {
	const lines = [
		`${status.name} (${status.deviceId}), lent by ${status.owner}`,
		status.running
			? `Agent ${status.version} runs, ${status.connected ? `connected to ${status.server}` : `${status.server} is away`}.`
			: "The agent does not run.",
		`It is ${status.mode}.${status.reason ? ` ${status.reason}` : ""}`,
	];
	if (status.offer)
		lines.push(
			`Lends ${status.offer.cores} cores, ${status.offer.memoryMiB} MiB of memory, ${status.offer.diskMiB} MiB of disk.`,
		);
	if (status.dutyCpu !== undefined)
		lines.push(
			`Processor: ${status.dutyCpu} % yours, ${status.oursCpu} % for science.`,
		);
	const { guard } = status;
	if (guard?.playedDuty)
		lines.push("The owner's CPU use is played (LULL_AGENT_DUTY_FILE).");
	lines.push(...(guard?.blind ?? []));
	if (guard?.since)
		lines.push(
			`Everything stands frozen since ${guard.since}: ${guard.detail}`,
		);
	for (const { at, action, detail, latencyMs } of guard?.recent.slice(-5) ?? [])
		lines.push(
			`  ${at}  ${action}  ${detail}${latencyMs === null ? "" : ` (${Math.round(latencyMs)} ms)`}`,
		);
	for (const { taskId, state, progress } of status.tasks)
		lines.push(`  ${taskId}  ${state}  ${Math.round(progress * 100)} %`);
	return lines.join("\n");
}
