import { NO_WISHES, type OwnerWishes } from "../core/owner-wishes.ts";
import { getIdentity } from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { writeWishes } from "../state/stored-wishes.ts";
import { askAgent } from "./control-client.ts";
import type { AgentStatus, ControlRequest } from "./control-message.ts";
import { readStatus } from "./read-status.ts";

export type OwnerCommand = Extract<
	ControlRequest,
	{ command: "pause" | "resume" | "drain" }
>;

/** What a request makes of the owner's wishes; the newest replaces the others. */
export function wishesFor(request: OwnerCommand): OwnerWishes {
	switch (request.command) {
		case "pause":
			return { ...NO_WISHES, paused: true, pausedUntil: request.until };
		case "drain":
			return { ...NO_WISHES, draining: true };
		case "resume":
			return NO_WISHES;
	}
}

/** Tells the running agent what the owner wishes, or writes it down for the next one. */
export async function sendOwnerCommand(
	state: StateFolder,
	request: OwnerCommand,
	now: Date,
): Promise<AgentStatus> {
	await getIdentity(state);
	const told = await askAgent(state, request);
	if (told) return told;
	await writeWishes(state, wishesFor(request));
	return readStatus(state, now);
}
