import type { DutySeries } from "../../telemetry/duty-series.ts";
import type { DutyContext } from "../duty/duty-context.ts";
import { movingAverage } from "../duty/load-features.ts";
import { fitRhythm, SLOT_SECONDS, slotAt } from "../duty/rhythm-table.ts";
import type { Forecaster } from "./forecaster.ts";
import { seasonal } from "./simple-forecasters.ts";

/** A rhythm is learned anew after this time. */
const REFRESH_SECONDS = 86_400;
/** No half hour is ever certain. */
const MOST_CERTAIN = 0.98;

/**
 * The device's weekly rhythm as a forecaster of its own: each half hour that a window touches must stay quiet, each
 * with the probability that the rhythm's tree gives. A device without a rhythm yet is forecast by its seven days.
 */
export class RhythmForecaster implements Forecaster {
	readonly name = "rhythm";
	readonly #tables = new WeakMap<
		DutySeries,
		Map<string, Float64Array | undefined>
	>();

	probabilityUnder(
		duty: DutyContext,
		at: number,
		limitPercent: number,
		windowSeconds: number,
	): number {
		const busy = this.#table(duty, at, limitPercent);
		if (!busy)
			return seasonal.probabilityUnder(duty, at, limitPercent, windowSeconds);
		let logQuiet = 0;
		const end = at + windowSeconds;
		for (let from = at; from < end; ) {
			const to = Math.min(
				end,
				(Math.floor(from / SLOT_SECONDS) + 1) * SLOT_SECONDS,
			);
			const risk = Math.min(
				MOST_CERTAIN,
				Math.max(1 - MOST_CERTAIN, busy[slotAt(from)] as number),
			);
			logQuiet += ((to - from) / SLOT_SECONDS) * Math.log(1 - risk);
			from = to;
		}
		return Math.exp(logQuiet);
	}

	expectedLoad(duty: DutyContext, at: number, aheadSeconds: number): number {
		const load = this.#table(duty, at)?.[slotAt(at + aheadSeconds)];
		if (load !== undefined) return load;
		const level = movingAverage(duty, duty.stepAt(at));
		return Number.isNaN(level) ? 0 : level;
	}

	/** Learned from what was known at the last midnight before `at`. */
	#table(
		duty: DutyContext,
		at: number,
		limitPercent?: number,
	): Float64Array | undefined {
		const day = Math.floor(at / REFRESH_SECONDS);
		const key = `${day} ${limitPercent ?? "load"} ${duty.visibleFrom}`;
		let tables = this.#tables.get(duty.series);
		if (!tables) {
			tables = new Map();
			this.#tables.set(duty.series, tables);
		}
		if (!tables.has(key))
			tables.set(
				key,
				fitRhythm(duty, duty.stepAt(day * REFRESH_SECONDS), limitPercent),
			);
		return tables.get(key);
	}
}
