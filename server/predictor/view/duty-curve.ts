import type { DutyContext } from "../duty/duty-context.ts";
import type { Forecaster } from "../forecast/forecaster.ts";

const DAYS = 10;
const AROUND_SECONDS = 2_700;
/** With fewer loads than this around a time of day the band is that of all that is known. */
const FEWEST_LOADS = 20;

/** What is expected at one time of the coming day; in eight of ten cases the load lies within the band. */
export interface CurvePoint {
	/** Unix seconds. */
	t: number;
	/** Percent. */
	expected: number;
	low: number;
	high: number;
}

/**
 * The expected load of the time to come with its band from the 10th to the 90th percentile, for people to look at. The
 * band is as wide as the device's loads at that time of day differ from their mean.
 */
export function forecastCurve(
	forecaster: Forecaster,
	duty: DutyContext,
	at: number,
	{ hours = 24, stepSeconds = 900 } = {},
): CurvePoint[] {
	const now = duty.stepAt(at);
	const points: CurvePoint[] = [];
	for (let ahead = stepSeconds; ahead <= hours * 3600; ahead += stepSeconds) {
		const expected = forecaster.expectedLoad(duty, at, ahead);
		const step = now + Math.round(ahead / duty.stepSeconds);
		const { below, above } = deviationsAt(duty, now, step);
		points.push({
			t: at + ahead,
			expected,
			low: Math.max(0, expected + Math.min(0, below)),
			high: Math.min(100, expected + Math.max(0, above)),
		});
	}
	return points;
}

/** How far the 10th and the 90th percentile of the loads at this time of day lie from their mean. */
function deviationsAt(
	duty: DutyContext,
	now: number,
	step: number,
): { below: number; above: number } {
	const around = duty.stepsOf(AROUND_SECONDS);
	const apart = Math.max(1, Math.floor(around / 9));
	const loads: number[] = [];
	for (let k = 1; k <= DAYS; k++) {
		const middle = step - Math.round(k * duty.stepsADay);
		for (let i = middle - around; i <= middle + around; i += apart)
			addLoad(loads, duty, now, i);
	}
	for (
		let i = now - 1;
		loads.length < FEWEST_LOADS && i >= duty.visibleFrom;
		i--
	)
		addLoad(loads, duty, now, i);
	if (!loads.length) return { below: -100, above: 100 };
	loads.sort((a, b) => a - b);
	const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
	const quantile = (q: number) =>
		loads[Math.round(q * (loads.length - 1))] as number;
	return { below: quantile(0.1) - mean, above: quantile(0.9) - mean };
}

function addLoad(
	loads: number[],
	duty: DutyContext,
	now: number,
	step: number,
): void {
	if (step < duty.visibleFrom || step >= now) return;
	const load = duty.values[step] as number;
	if (!Number.isNaN(load)) loads.push(load);
}
