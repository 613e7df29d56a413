import type { TaskState } from "../../database/generated/enums.ts";

/**
 * The life of a task:
 *
 *   unsent ─ leased ─ preparing ─ running ⇄ paused ─ reported ─► valid | invalid
 *      └───────┴─────────┴───────────┴────────┴─► errored | lost | cancelled | returned
 *
 * - returned: given back by the owner's rules; costs nobody anything.
 * - lost ─► reported: a device that everyone gave up comes back with a result while the work unit still wants one.
 * - reported ─► cancelled: the work unit ended without a judgement (cancelled, or failed by its limits).
 * - an agent that crashed begins again: running ─► preparing.
 *
 * Each transition is the set of states it may start from; one guarded write carries it out, and losing the race to
 * another is not an error.
 */
export interface TaskTransition {
	from: readonly TaskState[];
	to: TaskState;
}

export const taskLeased: TaskTransition = { from: ["unsent"], to: "leased" };
export const taskPreparing: TaskTransition = {
	from: ["leased", "preparing", "running", "paused"],
	to: "preparing",
};
export const taskRunning: TaskTransition = {
	from: ["leased", "preparing", "running", "paused"],
	to: "running",
};
export const taskPaused: TaskTransition = {
	from: ["leased", "preparing", "running", "paused"],
	to: "paused",
};
// A device that lost its connection may report a task that we never heard start, or had given up.
export const taskReported: TaskTransition = {
	from: ["leased", "preparing", "running", "paused", "lost"],
	to: "reported",
};
export const taskErrored: TaskTransition = {
	from: ["leased", "preparing", "running", "paused"],
	to: "errored",
};
export const taskReturned: TaskTransition = {
	from: ["leased", "preparing", "running", "paused"],
	to: "returned",
};
export const taskLost: TaskTransition = {
	from: ["leased", "preparing", "running", "paused"],
	to: "lost",
};
export const taskValid: TaskTransition = { from: ["reported"], to: "valid" };
export const taskInvalid: TaskTransition = {
	from: ["reported"],
	to: "invalid",
};
export const taskCancelled: TaskTransition = {
	from: ["unsent", "leased", "preparing", "running", "paused", "reported"],
	to: "cancelled",
};

/** Tasks that the server wants on their device. */
export const ON_DEVICE_STATES = [
	"leased",
	"preparing",
	"running",
	"paused",
] as const satisfies readonly TaskState[];
