import { AGENT_VERSION } from "../core/agent-version.ts";
import type { GuardDecision } from "../core/guard/decide-guard.ts";
import type { GuardStatus } from "../core/guard/guard-status.ts";
import type { Offer, Progress, Sample } from "../core/protocol.ts";
import type { Identity } from "../state/identity.ts";
import type { AgentStatus } from "./control-message.ts";

/** How an agent that runs stands, from what its parts say. */
export interface RunningAgent {
	identity: Identity;
	connected: boolean;
	decision: GuardDecision;
	pausedUntil: string | null;
	/** The last offer; undefined before the first. */
	offered: Offer | undefined;
	/** The newest sample; undefined before the second look at the device. */
	latest: Sample | undefined;
	guard: GuardStatus;
	tasks: Progress["tasks"];
	residentBytes: number;
}

/** The same as the answer to `lull-agent status`. Pure. */
export function describeAgent(agent: RunningAgent): AgentStatus {
	const { identity, offered, latest } = agent;
	const { mode, reason } = agent.decision;
	return {
		running: true,
		deviceId: identity.deviceId,
		name: identity.name,
		owner: identity.owner,
		server: identity.server,
		version: AGENT_VERSION,
		connected: agent.connected,
		mode,
		...(reason === undefined ? {} : { reason }),
		pausedUntil: agent.pausedUntil,
		...(offered ? { offer: offered } : {}),
		...(latest ? { dutyCpu: latest.dutyCpu, oursCpu: latest.oursCpu } : {}),
		residentMiB: Math.round(agent.residentBytes / 2 ** 20),
		guard: agent.guard,
		tasks: agent.tasks,
	};
}
