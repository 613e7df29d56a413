/** Log-odds of the model to log-odds that keep their word: slope * z + offset. */
export interface Calibration {
	slope: number;
	offset: number;
}

export const UNCALIBRATED: Calibration = { slope: 1, offset: 0 };

/** So many rows' worth of belief that the forest is right as it is: little evidence changes little. */
const PRIOR_ROWS = 200;
const STEPS = 20;

export const probabilityOf = (logOdds: number): number =>
	1 / (1 + Math.exp(-logOdds));

/** The inverse of `probabilityOf`, within what sixteen bits would tell apart from certain. */
export function logOddsOf(probability: number): number {
	const p = Math.max(2 ** -16, Math.min(1 - 2 ** -16, probability));
	return Math.log(p / (1 - p));
}

/**
 * Platt's scaling (1999) on forecasts for days that the forest was not trained on, by Newton's method, pulled towards
 * leaving the forecasts as they are. Two numbers cannot bend to the chances of a few days, as isotonic regression does
 * on neighbouring windows, and they keep the order of the forecasts.
 * @param outcomes 1 where the window held, else 0
 */
export function calibrate(
	logOdds: Float64Array,
	outcomes: Float64Array,
): Calibration {
	let { slope, offset } = UNCALIBRATED;
	for (let step = 0; step < STEPS; step++) {
		// Gradient and Hessian of the loss, with the pull towards slope 1 and offset 0.
		let gs = PRIOR_ROWS * (slope - 1);
		let go = PRIOR_ROWS * offset;
		let ss = PRIOR_ROWS;
		let so = 0;
		let oo = PRIOR_ROWS;
		for (let r = 0; r < logOdds.length; r++) {
			const z = logOdds[r] as number;
			const p = probabilityOf(slope * z + offset);
			const wrong = p - (outcomes[r] as number);
			const weight = p * (1 - p);
			gs += wrong * z;
			go += wrong;
			ss += weight * z * z;
			so += weight * z;
			oo += weight;
		}
		const determinant = ss * oo - so * so;
		slope -= (oo * gs - so * go) / determinant;
		offset -= (ss * go - so * gs) / determinant;
		slope = Math.max(0.3, Math.min(2, slope));
		offset = Math.max(-2, Math.min(2, offset));
	}
	return { slope, offset };
}
