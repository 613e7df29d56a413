import { DecisionTreeRegression } from "ml-cart";
import { DAY_SECONDS, type DutyContext } from "./duty-context.ts";

/** The week is looked at in half hours. */
export const SLOT_SECONDS = 1_800;
const SLOTS_A_DAY = DAY_SECONDS / SLOT_SECONDS;
export const SLOTS_A_WEEK = 7 * SLOTS_A_DAY;
const MOST_DAYS = 28;
/** ml-cart's time grows with the square of the rows: 336 of them, the means of the week's half hours, take some ms. */
const TREE = { maxDepth: 6, minNumSamples: 4, gainThreshold: -1 } as const;
/**
 * ml-cart makes no split that leaves no error at all and needs some to begin with. So little that nobody sees it is
 * added to each mean, another for neighbouring half hours.
 */
const SPECK = 1e-6;
/** The first of January 1970 was a Thursday; slots are counted from Monday. */
const MONDAY = 3;

/** The half hour of the week, from Monday 0:00 UTC, that a moment (Unix seconds) falls into. */
export const slotAt = (time: number): number =>
	(Math.floor(time / SLOT_SECONDS) + MONDAY * SLOTS_A_DAY) % SLOTS_A_WEEK;

/**
 * A device's rhythm: for each half hour of the week the load, or how often the limit is reached, as one regression tree
 * on the means of up to four weeks sees it. Undefined when less than a day is known.
 * @param now only steps before it are read
 * @param limitPercent for the share of half hours with a busy step; without it the mean load
 */
export function fitRhythm(
	duty: DutyContext,
	now: number,
	limitPercent?: number,
): Float64Array | undefined {
	const measure =
		limitPercent === undefined
			? (from: number, to: number) => duty.meanOf(from, to)
			: (from: number, to: number) =>
					1 - duty.heldIn(duty.view(limitPercent), from, to);
	const { features, targets } = meansOfWeek(duty, now, measure);
	if (targets.length < SLOTS_A_DAY) return undefined;
	const tree = new DecisionTreeRegression(TREE);
	tree.train(features, targets);
	return Float64Array.from(tree.predict(everySlot()));
}

function meansOfWeek(
	duty: DutyContext,
	now: number,
	measure: (from: number, to: number) => number,
) {
	const sum = new Float64Array(SLOTS_A_WEEK);
	const count = new Int32Array(SLOTS_A_WEEK);
	const steps = duty.stepsOf(SLOT_SECONDS);
	const earliest = Math.max(
		duty.visibleFrom,
		now - Math.round(MOST_DAYS * duty.stepsADay),
		0,
	);
	for (let to = now; to - steps >= earliest; to -= steps) {
		const value = measure(to - steps, to);
		if (Number.isNaN(value)) continue;
		const slot = slotAt(duty.timeOf(to - steps));
		sum[slot] = (sum[slot] as number) + value;
		count[slot] = (count[slot] as number) + 1;
	}
	const known = [...count.keys()].filter((slot) => count[slot]);
	return {
		features: known.map(featuresOf),
		targets: known.map(
			(slot) =>
				(sum[slot] as number) / (count[slot] as number) + SPECK * (slot % 5),
		),
	};
}

/** Hour of the day, weekend or not, day of the week. */
function featuresOf(slot: number): number[] {
	const weekday = Math.floor(slot / SLOTS_A_DAY);
	return [
		((slot % SLOTS_A_DAY) * SLOT_SECONDS) / 3600,
		weekday >= 5 ? 1 : 0,
		weekday,
	];
}

const everySlot = (): number[][] =>
	Array.from({ length: SLOTS_A_WEEK }, (_, slot) => featuresOf(slot));
