export const HALF_LIFE_MS = 7 * 86_400_000;

/** Credit a day that one cobblestone adds to the recent average at the moment it is granted. */
export const RECENT_SHARE = Math.LN2 / (HALF_LIFE_MS / 86_400_000);

/**
 * The recent average credit (credit a day, half-life one week) at `now`, when it was `value` at `at`.
 * BOINC's update_average (lib/util.cpp) for steps that go to zero: a steady device converges to its credit a day.
 */
export function decayRecentCredit(value: number, at: Date, now: Date): number {
	const age = Math.max(0, now.getTime() - at.getTime());
	return value * 2 ** (-age / HALF_LIFE_MS);
}
