import type { DutyContext } from "../duty/duty-context.ts";
import { movingAverage, usualLoad } from "../duty/load-features.ts";
import type { Forecaster } from "./forecaster.ts";

/** What is said when nothing is known. */
const NO_IDEA = 0.5;
const DAYS = 7;
const DAYS_BACK = 45;

/** The load stays as it is; the surer the further it is from the limit, compared with its spread of the last day. */
export const persistence: Forecaster = {
	name: "persistence",
	probabilityUnder(duty, at, limitPercent) {
		const now = duty.stepAt(at);
		const load = lastLoad(duty, now);
		if (Number.isNaN(load)) return NO_IDEA;
		// Between 2 and 98 %, falling with the load: only its order carries meaning.
		const margin = (limitPercent - load) / (limitPercent + 1);
		return load < limitPercent
			? 0.9 + 0.08 * Math.max(0, margin)
			: 0.1 + 0.08 * Math.max(-1, margin);
	},
	expectedLoad: (duty, at) => orZero(lastLoad(duty, duty.stepAt(at))),
};

/** Yesterday's fate of the same window is today's. */
export const yesterday: Forecaster = {
	name: "yesterday",
	probabilityUnder(duty, at, limitPercent, windowSeconds) {
		const held = heldDaysAgo(duty, at, limitPercent, windowSeconds, 1);
		return Number.isNaN(held) ? NO_IDEA : 0.05 + 0.9 * held;
	},
	expectedLoad(duty, at, aheadSeconds) {
		const now = duty.stepAt(at);
		const step = now + Math.round(aheadSeconds / duty.stepSeconds);
		const days = Math.max(1, Math.ceil((step + 1 - now) / duty.stepsADay));
		const from = step - Math.round(days * duty.stepsADay);
		const load = duty.meanOf(from, from + 1);
		return Number.isNaN(load) ? orZero(movingAverage(duty, now)) : load;
	},
};

/** How often the same window held on the last seven days that were observed. */
export const seasonal: Forecaster = {
	name: "seasonal",
	probabilityUnder(duty, at, limitPercent, windowSeconds) {
		let held = 0;
		let days = 0;
		for (let k = 1; k <= DAYS_BACK && days < DAYS; k++) {
			const outcome = heldDaysAgo(duty, at, limitPercent, windowSeconds, k);
			if (Number.isNaN(outcome)) continue;
			held += outcome;
			days++;
		}
		return (held + 0.5) / (days + 1);
	},
	expectedLoad(duty, at, aheadSeconds) {
		const now = duty.stepAt(at);
		const step = now + Math.round(aheadSeconds / duty.stepSeconds);
		const { near } = usualLoad(duty, now, step);
		return Number.isNaN(near) ? orZero(movingAverage(duty, now)) : near;
	},
};

function heldDaysAgo(
	duty: DutyContext,
	at: number,
	limitPercent: number,
	windowSeconds: number,
	days: number,
): number {
	const now = duty.stepAt(at);
	const from = now - Math.round(days * duty.stepsADay);
	const steps = Math.min(duty.stepsOf(windowSeconds), now - from);
	return duty.heldIn(duty.view(limitPercent), from, from + steps);
}

/** The last load that is known, within the last hour. */
function lastLoad(duty: DutyContext, now: number): number {
	const oldest = Math.max(0, duty.visibleFrom, now - duty.stepsOf(3600));
	for (let i = now - 1; i >= oldest; i--) {
		const value = duty.values[i] as number;
		if (!Number.isNaN(value)) return value;
	}
	return Number.NaN;
}

const orZero = (load: number): number => (Number.isNaN(load) ? 0 : load);
