import { isPaused, type OwnerWishes } from "../owner-wishes.ts";
import type { WantedState } from "../plan.ts";
import type { OwnerRules } from "../protocol.ts";
import { isWithinHours } from "../rules/week-hours.ts";

export interface GuardInput {
	/** The agent was told to stop. */
	stopping: boolean;
	owner: OwnerWishes;
	/** What the server last passed on of the owner's or an admin's wishes. */
	server: { paused: boolean; draining: boolean };
	rules: Pick<OwnerRules, "hours">;
	/** Why we stand aside, and since when; undefined while we do not. */
	aside: { detail: string; lasting: boolean; since: Date } | undefined;
	now: Date;
}

/** A busy owner who is busy for longer than this is busy for longer than a task would like to wait. */
const SHORT_MS = 5_000;

export type Mode =
	| "working"
	| "aside"
	| "draining"
	| "resting"
	| "paused"
	| "stopping";

export interface GuardDecision
	extends Pick<WantedState, "giveBack" | "takeNothing"> {
	mode: Mode;
	/** For the owner and the portal; undefined while working. */
	reason: string | undefined;
}

/**
 * Whether work may go on here. The strictest wish wins; nobody is asked. Pure. The first of these that is so:
 *
 *   stopping ─ paused (at the device, in the portal) ─ resting (outside of the hours)   everything is given back
 *   draining                                                                           what runs goes on, nothing new
 *   aside (the owner is there)                                                         what runs stands frozen
 *   working
 */
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
	if (!isWithinHours(input.rules.hours, now)) return outsideHours();
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
	return input.aside
		? standAside(input.aside, now)
		: {
				mode: "working",
				reason: undefined,
				giveBack: undefined,
				takeNothing: undefined,
			};
}

function outsideHours(): GuardDecision {
	const decision = giveBack(
		"resting",
		"ownerNeedsDevice",
		"It is outside of the hours that its owner lends it.",
	);
	// Nobody is disturbed at this very second: what was computed may be saved.
	return {
		...decision,
		giveBack: decision.giveBack && {
			...decision.giveBack,
			askForCheckpoint: true,
		},
	};
}

/** What runs stays, frozen; something new is only taken when the owner is likely to be gone in a moment. */
function standAside(
	{ detail, lasting, since }: NonNullable<GuardInput["aside"]>,
	now: Date,
): GuardDecision {
	const short = !lasting && now.getTime() - since.getTime() < SHORT_MS;
	return {
		mode: "aside",
		reason: short ? undefined : detail,
		giveBack: undefined,
		takeNothing: short
			? undefined
			: { errorCode: "ownerNeedsDevice", reason: detail },
	};
}

function giveBack(
	mode: Mode,
	errorCode: "agentStopping" | "devicePaused" | "ownerNeedsDevice",
	reason: string,
): GuardDecision {
	return {
		mode,
		reason,
		giveBack: { errorCode, reason },
		takeNothing: { errorCode, reason },
	};
}
