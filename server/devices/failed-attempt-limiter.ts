/** Remembering more addresses than this would let a flood of them fill the memory; the oldest are forgotten first. */
const MAX_ADDRESSES = 10_000;

/**
 * Counts failures by address in a fixed window, in this process's memory. The window begins with the first failure;
 * successes cost nothing.
 */
export class FailedAttemptLimiter {
	readonly #limit: number;
	readonly #windowMs: number;
	readonly #windows = new Map<string, { endsAt: number; failures: number }>();

	constructor(limit: number, windowMs: number) {
		this.#limit = limit;
		this.#windowMs = windowMs;
	}

	/** True while `address` has used up its failures. */
	isBlocked(address: string, now: Date): boolean {
		const window = this.#windows.get(address);
		if (!window) return false;
		if (window.endsAt <= now.getTime()) {
			this.#windows.delete(address);
			return false;
		}
		return window.failures >= this.#limit;
	}

	noteFailure(address: string, now: Date): void {
		const window = this.#windows.get(address);
		if (window && window.endsAt > now.getTime()) {
			window.failures += 1;
			return;
		}
		this.#windows.delete(address); // so that a new window is also the youngest
		const endsAt = now.getTime() + this.#windowMs;
		this.#windows.set(address, { endsAt, failures: 1 });
		this.#forgetOldest();
	}

	#forgetOldest(): void {
		if (this.#windows.size <= MAX_ADDRESSES) return;
		const oldest = this.#windows.keys().next().value;
		if (oldest !== undefined) this.#windows.delete(oldest);
	}
}
