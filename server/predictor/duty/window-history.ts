import { DAY_SECONDS, type DutyContext, HOUR_SECONDS } from "./duty-context.ts";
import type { LimitView } from "./limit-view.ts";

/** How many observed days are looked at, and how far back for them: a device may have been off for weeks. */
const DAYS = 7;
const MORE_DAYS = 14;
const DAYS_BACK = 45;
/** Starts around the same time of day, in seconds from it, with their weight. */
const AROUND: readonly (readonly [number, number])[] = [
	[-3600, 0.25],
	[-2400, 0.4],
	[-1200, 0.7],
	[-600, 0.9],
	[600, 0.9],
	[1200, 0.7],
	[2400, 0.4],
	[3600, 0.25],
];
const NARROW_SECONDS = 1200;
/** So many starts make the share of the last day, and so many that of the week. */
const DAY_STARTS = 48;
const WEEK_STARTS = 84;

/** What became of windows of this length and limit before; shares are pulled a little to one half, NaN when unknown. */
export interface WindowHistory {
	/** The same window on the last seven observed days. */
	sevenDayShare: number;
	/** The same and those up to twenty minutes off, later days and nearer times weighing more. */
	usualShare: number;
	/** Those up to an hour off, too, on the last fourteen observed days. */
	wideShare: number;
	/** The same, on days of the same sort: weekdays or weekends. */
	alikeDaysShare: number;
	/** Any window of the last 24 hours, and of the last seven days. */
	dayShare: number;
	weekShare: number;
	/** Windows that began whole hours ago: jobs by the hour. */
	hourlyShare: number;
	yesterdayPeak: number;
	weekAgoPeak: number;
	/** Of the same window on the last seven observed days. */
	highestPeak: number;
	medianPeak: number;
	lowestPeak: number;
}

/** Reads only steps before `now`. Windows are at most 20 hours long. */
export function windowHistory(
	duty: DutyContext,
	view: LimitView,
	now: number,
	windowSteps: number,
): WindowHistory {
	const dayPeak = (days: number) => {
		const from = now - Math.round(days * duty.stepsADay);
		return duty.observed(from, from + windowSteps)
			? duty.peakOf(from, from + windowSteps)
			: Number.NaN;
	};
	return {
		...sameWindows(duty, view, now, windowSteps),
		dayShare: recentShare(duty, view, now, windowSteps, 1, DAY_STARTS),
		weekShare: recentShare(duty, view, now, windowSteps, 7, WEEK_STARTS),
		hourlyShare: hourlyShare(duty, view, now, windowSteps),
		yesterdayPeak: dayPeak(1),
		weekAgoPeak: dayPeak(7),
	};
}

/** A weighted share of windows that held. */
class Share {
	#held = 0;
	#weight = 0;
	add(held: number, weight: number): void {
		if (Number.isNaN(held)) return;
		this.#held += held * weight;
		this.#weight += weight;
	}
	/** @param doubt the weight of one half that is mixed in */
	value(doubt: number): number {
		return this.#weight
			? (this.#held + doubt / 2) / (this.#weight + doubt)
			: Number.NaN;
	}
}

const peaks = new Float64Array(DAYS);

function sameWindows(
	duty: DutyContext,
	view: LimitView,
	now: number,
	windowSteps: number,
) {
	const seven = new Share();
	const usual = new Share();
	const wide = new Share();
	const alike = new Share();
	const weekend = isWeekend(duty.timeOf(now));
	let days = 0;
	for (let k = 1; k <= DAYS_BACK && days < MORE_DAYS; k++) {
		const from = now - Math.round(k * duty.stepsADay);
		if (from < duty.visibleFrom) break;
		if (!duty.observed(from, from + windowSteps)) continue;
		const held = duty.heldIn(view, from, from + windowSteps);
		if (days < DAYS) {
			seven.add(held, 1);
			peaks[days] = duty.peakOf(from, from + windowSteps);
		}
		const recency = 0.93 ** days;
		const same = isWeekend(duty.timeOf(from)) === weekend;
		usual.add(held, recency);
		wide.add(held, 1);
		if (same) alike.add(held, 1);
		for (const [seconds, weight] of AROUND) {
			const start = from + Math.round(seconds / duty.stepSeconds);
			if (start + windowSteps > now) continue;
			const near = duty.heldIn(view, start, start + windowSteps);
			if (Math.abs(seconds) <= NARROW_SECONDS)
				usual.add(near, weight * recency);
			wide.add(near, weight);
			if (same) alike.add(near, weight);
		}
		days++;
	}
	const sorted = peaks.subarray(0, Math.min(days, DAYS)).sort();
	return {
		sevenDayShare: seven.value(1),
		usualShare: usual.value(1),
		wideShare: wide.value(1),
		alikeDaysShare: alike.value(1),
		highestPeak: sorted.at(-1) ?? Number.NaN,
		medianPeak: sorted[sorted.length >> 1] ?? Number.NaN,
		lowestPeak: sorted[0] ?? Number.NaN,
	};
}

function isWeekend(time: number): boolean {
	const weekday = (Math.floor(time / DAY_SECONDS) + 4) % 7;
	return weekday === 0 || weekday === 6;
}

/** Of windows that began at `starts` moments spread over the last days and have ended, the share that held. */
function recentShare(
	duty: DutyContext,
	view: LimitView,
	now: number,
	windowSteps: number,
	days: number,
	starts: number,
): number {
	const share = new Share();
	const latest = now - windowSteps;
	const first = Math.max(
		now - Math.round(days * duty.stepsADay),
		duty.visibleFrom,
		0,
	);
	const apart = Math.max(1, (latest - first) / starts);
	for (let from = latest; from >= first; from -= apart) {
		const step = Math.floor(from);
		share.add(duty.heldIn(view, step, step + windowSteps), 1);
	}
	return share.value(1);
}

function hourlyShare(
	duty: DutyContext,
	view: LimitView,
	now: number,
	windowSteps: number,
): number {
	const share = new Share();
	const hour = HOUR_SECONDS / duty.stepSeconds;
	for (let k = Math.ceil(windowSteps / hour); k <= 24; k++) {
		const from = now - Math.round(k * hour);
		share.add(duty.heldIn(view, from, from + windowSteps), 1);
	}
	return share.value(1);
}
