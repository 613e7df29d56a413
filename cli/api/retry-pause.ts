const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * How long to wait before try number `attempt` + 1, in milliseconds: twice as long each time, a little different for
 * each client, and never shorter than the server asked for.
 *
 * @param random  between 0 and 1
 * @param retryAfterSeconds  what the answer's Retry-After said
 */
export function retryPauseMs(
	attempt: number,
	random: number,
	retryAfterSeconds?: number,
): number {
	const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
	const spread = doubled * (0.75 + random / 2);
	return Math.round(Math.max(spread, (retryAfterSeconds ?? 0) * 1000));
}
