/**
 * The duty smoothed over about a minute, so that an offer does not jump with every sample. Weights fall off
 * exponentially by age, so that gaps between samples do no harm.
 */
export class DutyAverage {
	readonly #timeConstantMs: number;
	#value: number | undefined;
	#at = 0;

	constructor(timeConstantMs = 60_000) {
		this.#timeConstantMs = timeConstantMs;
	}

	/** @param percent of the whole machine */
	push(percent: number, t: number): void {
		if (this.#value === undefined) this.#value = percent;
		else {
			const weight =
				1 - Math.exp(-Math.max(0, t - this.#at) / this.#timeConstantMs);
			this.#value += (percent - this.#value) * weight;
		}
		this.#at = t;
	}

	/** Percent of the whole machine; 0 before the first sample. */
	get percent(): number {
		return this.#value ?? 0;
	}
}
