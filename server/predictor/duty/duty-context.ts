import type { DutyKind, DutySeries } from "../../telemetry/duty-series.ts";
import { type LimitView, viewLimit } from "./limit-view.ts";
import { RangeMaximum } from "./range-maximum.ts";

export const DAY_SECONDS = 86_400;
export const HOUR_SECONDS = 3_600;
/** A window counts as observed when at least this share of its steps is known. */
const ENOUGH_KNOWN = 0.75;
/** Views are kept for this many limits; the scheduler asks for one, training for a dozen. */
const MAX_VIEWS = 24;

/**
 * A series made ready for questions: after one pass, the mean, spread and maximum of any range and the fate of any past
 * window cost a few array reads. Questions name a step `now`; steps from `now` on are never read by forecasters.
 */
export class DutyContext {
	readonly series: DutySeries;
	readonly kind: DutyKind;
	readonly start: number;
	readonly stepSeconds: number;
	readonly steps: number;
	readonly values: Float32Array;
	readonly stepsADay: number;
	/** Earlier steps are treated as unknown, so that training can see a device as if it were new. */
	readonly visibleFrom: number;
	readonly #sum: Float64Array;
	readonly #squares: Float64Array;
	readonly #known: Int32Array;
	readonly #peaks: RangeMaximum;
	readonly #views = new Map<number, LimitView>();

	constructor(series: DutySeries, visibleFrom = 0, prepared?: DutyContext) {
		this.series = series;
		this.kind = series.kind ?? "other";
		this.start = series.start;
		this.stepSeconds = series.stepSeconds;
		this.values = series.mean;
		this.steps = series.mean.length;
		this.stepsADay = DAY_SECONDS / series.stepSeconds;
		this.visibleFrom = visibleFrom;
		if (prepared) {
			this.#sum = prepared.#sum;
			this.#squares = prepared.#squares;
			this.#known = prepared.#known;
			this.#peaks = prepared.#peaks;
			this.#views = prepared.#views;
			return;
		}
		this.#sum = new Float64Array(this.steps + 1);
		this.#squares = new Float64Array(this.steps + 1);
		this.#known = new Int32Array(this.steps + 1);
		this.#accumulate();
		this.#peaks = new RangeMaximum(this.values);
	}

	#accumulate(): void {
		let sum = 0;
		let squares = 0;
		let known = 0;
		for (let i = 0; i < this.steps; i++) {
			const value = this.values[i] as number;
			if (!Number.isNaN(value)) {
				sum += value;
				squares += value * value;
				known++;
			}
			this.#sum[i + 1] = sum;
			this.#squares[i + 1] = squares;
			this.#known[i + 1] = known;
		}
	}

	/** The same device as if it had been measured only from this step on. Shares all that was prepared. */
	hiddenBefore(step: number): DutyContext {
		return new DutyContext(this.series, step, this);
	}

	/** The step that a moment (Unix seconds) falls into; at most one past the last. */
	stepAt(at: number): number {
		const step = Math.floor((at - this.start) / this.stepSeconds);
		return Math.max(0, Math.min(this.steps, step));
	}

	/** Unix seconds at which a step begins. */
	timeOf(step: number): number {
		return this.start + step * this.stepSeconds;
	}

	/** A time span in whole steps, at least one. */
	stepsOf(seconds: number): number {
		return Math.max(1, Math.round(seconds / this.stepSeconds));
	}

	/** The series seen against a limit; kept, since the same few limits are asked again and again. */
	view(limitPercent: number): LimitView {
		const kept = this.#views.get(limitPercent);
		if (kept) return kept;
		if (this.#views.size >= MAX_VIEWS) this.#views.clear();
		const view = viewLimit(this.values, limitPercent);
		this.#views.set(limitPercent, view);
		return view;
	}

	/** How many steps of [from, to) are known. */
	knownIn(from: number, to: number): number {
		const first = Math.max(from, this.visibleFrom);
		const end = Math.min(to, this.steps);
		return end > first
			? (this.#known[end] as number) - (this.#known[first] as number)
			: 0;
	}

	/** Mean of [from, to); NaN when nothing is known there. */
	meanOf(from: number, to: number): number {
		const first = Math.max(from, this.visibleFrom);
		const end = Math.min(to, this.steps);
		if (end <= first) return Number.NaN;
		const known = (this.#known[end] as number) - (this.#known[first] as number);
		return known
			? ((this.#sum[end] as number) - (this.#sum[first] as number)) / known
			: Number.NaN;
	}

	/** Standard deviation of [from, to); NaN when nothing is known there. */
	spreadOf(from: number, to: number): number {
		const mean = this.meanOf(from, to);
		const known = this.knownIn(from, to);
		if (!known) return Number.NaN;
		const first = Math.max(from, this.visibleFrom);
		const end = Math.min(to, this.steps);
		const squares =
			(this.#squares[end] as number) - (this.#squares[first] as number);
		return Math.sqrt(Math.max(0, squares / known - mean * mean));
	}

	/** Maximum of [from, to); NaN when nothing is known there. */
	peakOf(from: number, to: number): number {
		if (!this.knownIn(from, to)) return Number.NaN;
		return this.#peaks.over(
			Math.max(from, this.visibleFrom),
			Math.min(to, this.steps),
		);
	}

	/** Whether enough of [from, to) was measured to speak of it. */
	observed(from: number, to: number): boolean {
		return (
			from >= this.visibleFrom &&
			this.knownIn(from, to) >= ENOUGH_KNOWN * (to - from)
		);
	}

	/** What became of the window [from, to): 1 it stayed under the limit, 0 it did not, NaN nobody can tell. */
	heldIn(view: LimitView, from: number, to: number): number {
		if (from < this.visibleFrom || to > this.steps) return Number.NaN;
		if ((view.nextBusy[from] as number) < to) return 0;
		return this.observed(from, to) ? 1 : Number.NaN;
	}
}

/** @throws nothing; a series without steps makes a context that knows nothing */
export const prepareDuty = (series: DutySeries): DutyContext =>
	new DutyContext(series);
