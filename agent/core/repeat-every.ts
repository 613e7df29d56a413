import { pause } from "./pause.ts";

/**
 * Does something now, and then again and again until the signal; never twice at a time. What fails is told and tried
 * at its next turn.
 */
export async function repeatEvery(
	ms: number,
	work: () => Promise<void>,
	signal: AbortSignal,
	onError: (error: unknown) => void,
): Promise<void> {
	while (!signal.aborted) {
		await work().catch(onError);
		await pause(ms, signal);
	}
}
