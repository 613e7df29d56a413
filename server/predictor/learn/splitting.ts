import type { GrowthOptions } from "./growing.ts";

/** For each column and bin the sums of the first and second derivatives, one after the other. */
export type Histogram = Float64Array;

export interface BestSplit {
	column: number;
	bin: number;
	missingLeft: 0 | 1;
	gain: number;
	leftGradient: number;
	leftHessian: number;
	leftValue: number;
	rightValue: number;
}

/** What is to be split: the sums over its rows and the values that it may take. */
export interface Splittable {
	histogram: Histogram;
	gradient: number;
	hessian: number;
	lowest: number;
	highest: number;
}

/** Weights below this are rounding left over from subtracting histograms. */
const NOTHING = 1e-9;

/**
 * The split that lowers the loss most: G²/(H + l2) of both sides less that of the whole (Chen and Guestrin 2016), with
 * values held within the leaf's bounds; missing values go to the side where they gain more. Undefined when no split
 * gains enough or keeps every column's direction.
 */
export function findSplit(
	leaf: Splittable,
	columns: readonly number[],
	stride: number,
	options: GrowthOptions,
): BestSplit | undefined {
	const { minLeafWeight, l2, minGain, directions } = options;
	const { histogram, gradient, hessian, lowest, highest } = leaf;
	if (hessian < 2 * minLeafWeight) return undefined;
	const whole = scoreOf(gradient, hessian, l2, lowest, highest);
	let bestGain = minGain;
	let best: BestSplit | undefined;
	for (const column of columns) {
		const base = column * stride;
		const direction = directions[column] ?? 0;
		const missingGradient = histogram[base] as number;
		const missingHessian = histogram[base + 1] as number;
		const someMissing = missingHessian > NOTHING;
		let sumGradient = 0;
		let sumHessian = 0;
		for (let at = 2; at < stride; at += 2) {
			const binHessian = histogram[base + at + 1] as number;
			if (binHessian < NOTHING) continue;
			sumGradient += histogram[base + at] as number;
			sumHessian += binHessian;
			for (let side = 0; side < (someMissing ? 2 : 1); side++) {
				const leftHessian = sumHessian + side * missingHessian;
				const rightHessian = hessian - leftHessian;
				if (leftHessian < minLeafWeight) continue;
				if (rightHessian < minLeafWeight) continue;
				const leftGradient = sumGradient + side * missingGradient;
				const rightGradient = gradient - leftGradient;
				// No bound can make a split better than it is without bounds.
				const most =
					(leftGradient * leftGradient) / (leftHessian + l2) +
					(rightGradient * rightGradient) / (rightHessian + l2) -
					whole;
				if (most <= bestGain) continue;
				const leftValue = leafValue(
					leftGradient,
					leftHessian,
					l2,
					lowest,
					highest,
				);
				const rightValue = leafValue(
					rightGradient,
					rightHessian,
					l2,
					lowest,
					highest,
				);
				if (direction * (rightValue - leftValue) < 0) continue;
				const gain =
					scoreAt(leftValue, leftGradient, leftHessian, l2) +
					scoreAt(rightValue, rightGradient, rightHessian, l2) -
					whole;
				if (gain <= bestGain) continue;
				bestGain = gain;
				best = {
					column,
					bin: at / 2,
					missingLeft: side as 0 | 1,
					gain,
					leftGradient,
					leftHessian,
					leftValue,
					rightValue,
				};
			}
		}
	}
	return best;
}

const leafValue = (
	gradient: number,
	hessian: number,
	l2: number,
	lowest: number,
	highest: number,
): number => Math.max(lowest, Math.min(highest, -gradient / (hessian + l2)));

/** Twice the fall of the loss when a leaf takes this value. */
const scoreAt = (
	value: number,
	gradient: number,
	hessian: number,
	l2: number,
): number => -value * (2 * gradient + (hessian + l2) * value);

const scoreOf = (
	gradient: number,
	hessian: number,
	l2: number,
	lowest: number,
	highest: number,
): number =>
	scoreAt(
		leafValue(gradient, hessian, l2, lowest, highest),
		gradient,
		hessian,
		l2,
	);
