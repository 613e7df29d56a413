import { isPaused, type OwnerWishes } from "./owner-wishes.ts";
import type { Wish } from "./plan.ts";

export interface GuardInput {
	/** The agent was told to stop. */
	stopping: boolean;
	owner: OwnerWishes;
	/** What the server last passed on of the owner's or an admin's wishes. */
	server: { paused: boolean; draining: boolean };
	now: Date;
}

export type Mode = "working" | "draining" | "paused" | "stopping";

export interface GuardDecision extends Pick<Wish, "giveBack" | "takeNothing"> {
	mode: Mode;
	/** For the owner and the portal; undefined while working. */
	reason: string | undefined;
}

/** Whether work may go on here. The strictest wish wins; nobody is asked. */
export function decideGuard(input: GuardInput): GuardDecision {
	const { owner, server, now } = input;
	if (input.stopping)
		return giveBack("stopping", "agentStopping", "The agent is stopping.");
	if (isPaused(owner, now))
		return giveBack(
			"paused",
			"devicePaused",
			owner.pausedUntil
				? `The owner paused it at the device until ${owner.pausedUntil}.`
				: "The owner paused it at the device.",
		);
	if (server.paused)
		return giveBack("paused", "devicePaused", "It is paused in the portal.");
	if (owner.draining || server.draining) {
		const reason = owner.draining
			? "The owner drains it at the device."
			: "It is draining.";
		return {
			mode: "draining",
			reason,
			giveBack: undefined,
			takeNothing: { errorCode: "devicePaused", reason },
		};
	}
	return {
		mode: "working",
		reason: undefined,
		giveBack: undefined,
		takeNothing: undefined,
	};
}

function giveBack(
	mode: Mode,
	errorCode: "agentStopping" | "devicePaused",
	reason: string,
): GuardDecision {
	return {
		mode,
		reason,
		giveBack: { errorCode, reason },
		takeNothing: { errorCode, reason },
	};
}
