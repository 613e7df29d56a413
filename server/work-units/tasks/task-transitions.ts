import type { TaskState } from "../../database/generated/enums.ts";
import { ON_DEVICE_STATES } from "../task-states.ts";

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
	from: ON_DEVICE_STATES,
	to: "preparing",
};
export const taskRunning: TaskTransition = {
	from: ON_DEVICE_STATES,
	to: "running",
};
export const taskPaused: TaskTransition = {
	from: ON_DEVICE_STATES,
	to: "paused",
};
// A device that lost its connection may report a task that we never heard start, or had given up.
export const taskReported: TaskTransition = {
	from: [...ON_DEVICE_STATES, "lost"],
	to: "reported",
};
export const taskErrored: TaskTransition = {
	from: ON_DEVICE_STATES,
	to: "errored",
};
export const taskReturned: TaskTransition = {
	from: ON_DEVICE_STATES,
	to: "returned",
};
export const taskLost: TaskTransition = {
	from: ON_DEVICE_STATES,
	to: "lost",
};
export const taskValid: TaskTransition = { from: ["reported"], to: "valid" };
export const taskInvalid: TaskTransition = {
	from: ["reported"],
	to: "invalid",
};
export const taskCancelled: TaskTransition = {
	from: ["unsent", ...ON_DEVICE_STATES, "reported"],
	to: "cancelled",
};
