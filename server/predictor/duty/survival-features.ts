import { DUTY_KINDS } from "../../telemetry/duty-series.ts";
import { DAY_SECONDS, type DutyContext, HOUR_SECONDS } from "./duty-context.ts";
import type { LimitView } from "./limit-view.ts";
import { windowHistory } from "./window-history.ts";

/**
 * What the pooled model sees of a device at a moment, for a limit and a window. The number after a name says how the
 * probability to stay under the limit may change with it: 1 never falls, -1 never rises, 0 is free. Everything that
 * depends on the limit or the window has a direction, so that a higher limit or a shorter window never lowers the
 * forecast.
 */
const FEATURES = {
	// The moment.
	spread1h: 0,
	spread3h: 0,
	mean1h: 0,
	dayAgainstWeek: 0,
	hourAgainstUsual: 0,
	hour: 0,
	weekday: 0,
	kind: 0,
	daysKnown: 0,
	// The limit.
	limit: 1,
	marginNow: 1,
	margin15mPeak: 1,
	margin1hPeak: 1,
	margin3hPeak: 1,
	marginDayPeak: 1,
	margin15mMean: 1,
	margin1hInSpreads: 1,
	clean1h: 1,
	clean3h: 1,
	cleanDay: 1,
	cleanWeek: 1,
	cleanRun: 1,
	// The limit and the window.
	window: -1,
	sevenDayShare: 1,
	usualShare: 1,
	wideShare: 1,
	alikeDaysShare: 1,
	dayShare: 1,
	weekShare: 1,
	hourlyShare: 1,
	yesterdayMargin: 1,
	weekAgoMargin: 1,
	leastMargin: 1,
	medianMargin: 1,
	mostMargin: 1,
} as const;

export const SURVIVAL_FEATURE_NAMES = Object.keys(
	FEATURES,
) as (keyof typeof FEATURES)[];
export const SURVIVAL_DIRECTIONS: readonly number[] = Object.values(FEATURES);

/**
 * Writes the features into `row`, which must hold SURVIVAL_FEATURE_NAMES.length numbers. NaN where the device's history
 * does not say. Reads only steps before `now`. Costs some hundred array reads, whatever the length of the history.
 */
export function writeSurvivalFeatures(
	row: Float64Array,
	duty: DutyContext,
	view: LimitView,
	now: number,
	windowSteps: number,
): void {
	const after = writeMoment(row, 0, duty, now);
	const next = writeLimit(row, after, duty, view, now);
	writeWindow(row, next, duty, view, now, windowSteps);
}

function writeMoment(
	row: Float64Array,
	offset: number,
	duty: DutyContext,
	now: number,
): number {
	let at = offset;
	const hour = duty.stepsOf(HOUR_SECONDS);
	const day = duty.stepsADay;
	const mean1h = duty.meanOf(now - hour, now);
	const time = duty.timeOf(now);
	row[at++] = duty.spreadOf(now - hour, now);
	row[at++] = duty.spreadOf(now - 3 * hour, now);
	row[at++] = mean1h;
	row[at++] = duty.meanOf(now - day, now) - duty.meanOf(now - 7 * day, now);
	row[at++] = mean1h - usualMean(duty, now - hour, now);
	row[at++] = (time % DAY_SECONDS) / HOUR_SECONDS;
	row[at++] = (Math.floor(time / DAY_SECONDS) + 4) % 7;
	row[at++] = DUTY_KINDS.indexOf(duty.kind);
	row[at++] = Math.log1p(duty.knownIn(0, now) / day);
	return at;
}

/** The mean load of the same steps on the seven days before. */
function usualMean(duty: DutyContext, from: number, to: number): number {
	let sum = 0;
	let days = 0;
	for (let k = 1; k <= 7; k++) {
		const back = Math.round(k * duty.stepsADay);
		const mean = duty.meanOf(from - back, to - back);
		if (Number.isNaN(mean)) continue;
		sum += mean;
		days++;
	}
	return days ? sum / days : Number.NaN;
}

function writeLimit(
	row: Float64Array,
	offset: number,
	duty: DutyContext,
	view: LimitView,
	now: number,
): number {
	let at = offset;
	const limit = view.limitPercent;
	const hour = duty.stepsOf(HOUR_SECONDS);
	const quarter = duty.stepsOf(HOUR_SECONDS / 4);
	const spread = duty.spreadOf(now - 3 * hour, now);
	row[at++] = limit;
	row[at++] = limit - lastKnown(duty, now);
	row[at++] = limit - duty.peakOf(now - quarter, now);
	row[at++] = limit - duty.peakOf(now - hour, now);
	row[at++] = limit - duty.peakOf(now - 3 * hour, now);
	row[at++] = limit - duty.peakOf(now - duty.stepsADay, now);
	row[at++] = limit - duty.meanOf(now - quarter, now);
	row[at++] = (limit - duty.meanOf(now - hour, now)) / (spread + 1);
	row[at++] = cleanShare(duty, view, now - hour, now);
	row[at++] = cleanShare(duty, view, now - 3 * hour, now);
	row[at++] = cleanShare(duty, view, now - duty.stepsADay, now);
	row[at++] = cleanShare(duty, view, now - 7 * duty.stepsADay, now);
	row[at++] = cleanRun(duty, view, now);
	return at;
}

/** The last load, if it is not older than half an hour. */
function lastKnown(duty: DutyContext, now: number): number {
	const oldest = Math.max(duty.visibleFrom, now - duty.stepsOf(1800), 0);
	for (let i = now - 1; i >= oldest; i--) {
		const value = duty.values[i] as number;
		if (!Number.isNaN(value)) return value;
	}
	return Number.NaN;
}

function cleanShare(
	duty: DutyContext,
	view: LimitView,
	from: number,
	to: number,
): number {
	const first = Math.max(from, duty.visibleFrom, 0);
	const known = duty.knownIn(first, to);
	if (!known) return Number.NaN;
	const clean =
		(view.cleanBefore[to] as number) - (view.cleanBefore[first] as number);
	return clean / known;
}

/** Logarithm of the minutes since the device was last busy, or since it is known. */
function cleanRun(duty: DutyContext, view: LimitView, now: number): number {
	const last = Math.max(view.lastBusy[now] as number, duty.visibleFrom - 1);
	return Math.log1p(((now - 1 - last) * duty.stepSeconds) / 60);
}

function writeWindow(
	row: Float64Array,
	offset: number,
	duty: DutyContext,
	view: LimitView,
	now: number,
	windowSteps: number,
): void {
	let at = offset;
	const limit = view.limitPercent;
	const history = windowHistory(duty, view, now, windowSteps);
	row[at++] = Math.log((windowSteps * duty.stepSeconds) / 60);
	row[at++] = history.sevenDayShare;
	row[at++] = history.usualShare;
	row[at++] = history.wideShare;
	row[at++] = history.alikeDaysShare;
	row[at++] = history.dayShare;
	row[at++] = history.weekShare;
	row[at++] = history.hourlyShare;
	row[at++] = limit - history.yesterdayPeak;
	row[at++] = limit - history.weekAgoPeak;
	row[at++] = limit - history.highestPeak;
	row[at++] = limit - history.medianPeak;
	row[at++] = limit - history.lowestPeak;
}
