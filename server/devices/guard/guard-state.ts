import type { GuardRecordRow } from "./guard-record-store.ts";

/**
 * How a device stands between its owner and us:
 *
 *   idle ── task ──► working ⇄ steppedAside        (leaving: the owner wants it now, and it has not said yet that it is)
 *                       └──────────┴──► gone
 */
export type GuardState =
	| { state: "idle" | "working" | "leaving" }
	| {
			state: "steppedAside" | "gone";
			since: Date;
			/** The guard's own sentence. */
			detail: string;
			/** After so many milliseconds the device was its owner's again; null: unknown. */
			latencyMs: number | null;
	  };

/**
 * How things stand, from the newest record of each action. What the device said last counts; a thaw that got lost is
 * made good by the tasks, which are no longer on the device or go on.
 */
export function guardStateOf(
	device: {
		paused: boolean;
		yoursNow: boolean;
		activeTasks: number;
		pausedTasks: number;
	},
	newest: readonly GuardRecordRow[],
): GuardState {
	if (device.yoursNow) return { state: "leaving" };
	const last = newest
		.filter(({ action }) => action !== "checkpoint" && action !== "giveBack")
		.reduce<GuardRecordRow | undefined>(
			(a, b) => (a && a.at >= b.at ? a : b),
			undefined,
		);
	if (device.activeTasks === 0)
		return last?.action === "remove" && device.paused
			? standing("gone", last)
			: { state: "idle" };
	if (last?.action === "freeze" && device.pausedTasks > 0)
		return standing("steppedAside", last);
	return { state: "working" };
}

const standing = (
	state: "steppedAside" | "gone",
	{ at, detail, latencyMs }: GuardRecordRow,
): GuardState => ({ state, since: at, detail, latencyMs });
