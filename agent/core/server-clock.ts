/**
 * The server's time. Deadlines are the server's, and boards without a battery start in 1970: so what it said when it
 * let us in is carried on with a clock that never jumps. Until then the machine's own time has to do.
 */
export class ServerClock {
	#said: { time: number; at: number } | undefined;

	/** @param serverTime as ISO 8601, just now; nonsense is passed over */
	set(serverTime: string): void {
		const time = Date.parse(serverTime);
		if (!Number.isNaN(time)) this.#said = { time, at: performance.now() };
	}

	now(): Date {
		if (!this.#said) return new Date();
		return new Date(this.#said.time + performance.now() - this.#said.at);
	}
}
