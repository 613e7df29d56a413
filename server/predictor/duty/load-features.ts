import { DUTY_KINDS } from "../../telemetry/duty-series.ts";
import { DAY_SECONDS, type DutyContext, HOUR_SECONDS } from "./duty-context.ts";

/** What the pooled model of the load sees for a moment and a step to come. Loads are less the last hour's mean. */
export const LOAD_FEATURE_NAMES = [
	"ahead",
	"hour",
	"weekday",
	"kind",
	"level",
	"last",
	"mean15m",
	"mean3h",
	"meanDay",
	"spread1h",
	"spread3h",
	"yesterday",
	"weekAgo",
	"usual",
	"usualHour",
	"usualSpread",
	"usualNow",
	"daysKnown",
] as const;

/** The load at a step on the days before: means over days, from narrow and wide surroundings of the same time. */
export interface UsualLoad {
	/** Within ten minutes of the time, and within half an hour. */
	near: number;
	wide: number;
	/** How far the days differ. */
	spread: number;
}

/** Over the last seven days that were observed within a month before `now`. */
export function usualLoad(
	duty: DutyContext,
	now: number,
	step: number,
): UsualLoad {
	const narrow = duty.stepsOf(600);
	const half = duty.stepsOf(1800);
	let near = 0;
	let wide = 0;
	let squares = 0;
	let days = 0;
	for (let k = 1; k <= 30 && days < 7; k++) {
		const at = step - Math.round(k * duty.stepsADay);
		if (at + half >= now) continue;
		if (at < duty.visibleFrom) break;
		const mean = duty.meanOf(at - narrow, at + narrow + 1);
		if (Number.isNaN(mean)) continue;
		near += mean;
		squares += mean * mean;
		wide += duty.meanOf(at - half, at + half + 1);
		days++;
	}
	if (!days) return { near: Number.NaN, wide: Number.NaN, spread: Number.NaN };
	near /= days;
	return {
		near,
		wide: wide / days,
		spread: Math.sqrt(Math.max(0, squares / days - near * near)),
	};
}

/** The mean of the last hour: what the pooled model's forecast is added to. NaN when nothing is known of it. */
export const movingAverage = (duty: DutyContext, now: number): number =>
	duty.meanOf(now - duty.stepsOf(HOUR_SECONDS), now);

/** Writes the features of the load `aheadSteps` after `now`; reads only steps before `now`. */
export function writeLoadFeatures(
	row: Float64Array,
	duty: DutyContext,
	now: number,
	aheadSteps: number,
): void {
	const hour = duty.stepsOf(HOUR_SECONDS);
	const quarter = duty.stepsOf(HOUR_SECONDS / 4);
	const target = now + aheadSteps;
	const time = duty.timeOf(target);
	const level = movingAverage(duty, now);
	const usual = usualLoad(duty, now, target);
	const back = (days: number) => {
		const at = target - Math.round(days * duty.stepsADay);
		return at + quarter < now
			? duty.meanOf(at - quarter, at + quarter + 1)
			: Number.NaN;
	};
	row[0] = Math.log((aheadSteps * duty.stepSeconds) / 60 + 1);
	row[1] = (time % DAY_SECONDS) / HOUR_SECONDS;
	row[2] = (Math.floor(time / DAY_SECONDS) + 4) % 7;
	row[3] = DUTY_KINDS.indexOf(duty.kind);
	row[4] = level;
	row[5] = duty.meanOf(now - 1, now) - level;
	row[6] = duty.meanOf(now - quarter, now) - level;
	row[7] = duty.meanOf(now - 3 * hour, now) - level;
	row[8] = duty.meanOf(now - duty.stepsADay, now) - level;
	row[9] = duty.spreadOf(now - hour, now);
	row[10] = duty.spreadOf(now - 3 * hour, now);
	row[11] = back(1) - level;
	row[12] = back(7) - level;
	row[13] = usual.near - level;
	row[14] = usual.wide - level;
	row[15] = usual.spread;
	row[16] = usualLoad(duty, now, now - 1).wide - level;
	row[17] = Math.log1p(duty.knownIn(0, now) / duty.stepsADay);
}
