import { pause } from "../core/pause.ts";
import type { Observed } from "../core/plan.ts";

/** How long tasks are given to be handed back when the agent stops. Docker itself kills after ten seconds. */
const HAND_BACK_MS = 8_000;
const LOOK_EVERY_MS = 100;

/**
 * Whether nothing of the tasks is left to do: what ran is gone and has its report, and the server has the report if it
 * is there to take it. Without it reports stay on the disk and are handed in at the next start. Pure.
 *
 * @param observed undefined before the first look, which may yet find something
 */
export function isHandedBack(
	observed: Observed | undefined,
	connected: boolean,
): boolean {
	if (!observed) return false;
	const tasks = [...observed.tasks.values()];
	if (connected && tasks.length > 0) return false;
	return tasks.every(({ container, reported }) => reported && !container);
}

/** Looks until everything that ran is reported as returned, or the time for it is up. */
export async function handBack(parts: {
	/** Looks again soon. */
	look: () => void;
	observed: () => Observed | undefined;
	connected: () => boolean;
}): Promise<void> {
	const never = new AbortController().signal;
	const until = Date.now() + HAND_BACK_MS;
	while (
		Date.now() < until &&
		!isHandedBack(parts.observed(), parts.connected())
	) {
		parts.look();
		await pause(LOOK_EVERY_MS, never);
	}
}
