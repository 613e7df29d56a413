import { pause } from "../core/pause.ts";

/** So much may go at once without waiting, as time at the allowed rate. */
const BURST_MS = 250;
/** What a timer of Node's can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** While nothing may go at all it is asked again after this. */
const HELD_MS = 1_000;

/**
 * Keeps all transfers of one direction together below a rate. Whoever moves bytes takes them here first and waits its
 * turn; the rate may change at any time.
 *
 * A bucket that leaks: each taking moves the time at which all that was taken has gone by bytes ÷ rate, never from a
 * time that is past, and waits until that time less a burst. So over any stretch of t seconds no more goes than
 * rate × (t + burst), and takers go in the order in which they came.
 */
export class RateLimit {
	readonly #bytesPerSecond: () => number | null;
	/** When everything that was taken so far has gone at the allowed rate. */
	#freeAtMs = 0;

	/** @param bytesPerSecond null: no limit; 0: nothing for now */
	constructor(bytesPerSecond: () => number | null) {
		this.#bytesPerSecond = bytesPerSecond;
	}

	/** Resolves when so many bytes may go. */
	async take(bytes: number, signal: AbortSignal): Promise<void> {
		let rate = this.#bytesPerSecond();
		while (rate === 0 && !signal.aborted) {
			await pause(HELD_MS, signal);
			rate = this.#bytesPerSecond();
		}
		signal.throwIfAborted();
		if (rate === null || rate === 0) return;
		const nowMs = performance.now();
		this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (1000 * bytes) / rate;
		const waitMs = this.#freeAtMs - nowMs - BURST_MS;
		if (waitMs > 0) await pause(Math.min(waitMs, LONGEST_TIMER_MS), signal);
		signal.throwIfAborted();
	}

	/** Bytes that are worth sending in one go, so that a transfer does not come in gusts. */
	pieceBytes(most: number): number {
		const rate = this.#bytesPerSecond();
		return rate ? Math.max(16_384, Math.min(most, Math.floor(rate / 2))) : most;
	}
}
