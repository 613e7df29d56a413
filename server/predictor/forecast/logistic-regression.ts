import { solveSymmetric } from "./solve-symmetric.ts";

/** Weights of a logistic regression on standardised features; the last one is the intercept. */
export interface LogisticWeights {
	mean: number[];
	scale: number[];
	weights: number[];
}

const STEPS = 8;
/** Ridge on the weights, as so many rows' worth of doubt. */
const RIDGE = 3;

/**
 * Ridge logistic regression by iteratively reweighted least squares. Missing features count as the mean. Weights that
 * would go against their feature's direction are left out and the others fitted again, so that the forecast never does.
 * @param values rows of features, one for each direction
 * @param outcomes 0 or 1 for each row
 * @param directions 1 or -1 for each feature: how the probability may change with it
 */
export function fitLogistic(
	values: Float32Array,
	outcomes: Float64Array,
	directions: readonly number[],
): LogisticWeights {
	const columns = directions.length;
	const { mean, scale } = standardise(values, columns);
	const rows = Float64Array.from(
		{ length: outcomes.length * (columns + 1) },
		(_, at) => standardValue(values, at, mean, scale),
	);
	const used = directions.map(() => true);
	for (;;) {
		const weights = fitWeights(rows, outcomes, used);
		const wrong = directions.map(
			(direction, c) => direction * (weights[c] as number) < 0,
		);
		if (!wrong.some(Boolean)) return { mean, scale, weights: [...weights] };
		wrong.forEach((isWrong, c) => {
			if (isWrong) used[c] = false;
		});
	}
}

function fitWeights(
	rows: Float64Array,
	outcomes: Float64Array,
	used: readonly boolean[],
): Float64Array {
	const size = used.length + 1;
	let weights = new Float64Array(size);
	for (let step = 0; step < STEPS; step++) {
		const gradient = new Float64Array(size);
		const hessian = new Float64Array(size * size);
		for (let c = 0; c < size; c++) {
			const ridge = c < used.length ? RIDGE : 0.1;
			gradient[c] = ridge * (weights[c] as number);
			hessian[c * size + c] = ridge;
		}
		for (let r = 0; r < outcomes.length; r++)
			addRow(
				gradient,
				hessian,
				rows.subarray(r * size, (r + 1) * size),
				weights,
				outcomes[r] as number,
			);
		used.forEach((isUsed, c) => {
			if (!isUsed) leaveOut(gradient, hessian, c);
		});
		const change = solveSymmetric(hessian, gradient);
		weights = weights.map((w, c) => w - clamp(change[c] as number, 3));
	}
	return weights;
}

/** Makes the step of one weight nothing, whatever the others do. */
function leaveOut(
	gradient: Float64Array,
	hessian: Float64Array,
	column: number,
): void {
	const size = gradient.length;
	gradient[column] = 0;
	for (let c = 0; c < size; c++) {
		hessian[column * size + c] = 0;
		hessian[c * size + column] = 0;
	}
	hessian[column * size + column] = 1;
}

/** The log-odds that these weights give to one row. */
export function logisticLogOdds(
	{ mean, scale, weights }: LogisticWeights,
	row: Float64Array,
): number {
	let z = weights[mean.length] as number;
	for (let c = 0; c < mean.length; c++) {
		const value = row[c] as number;
		if (Number.isNaN(value)) continue;
		const standard = clamp(
			(value - (mean[c] as number)) / (scale[c] as number),
			6,
		);
		z += standard * (weights[c] as number);
	}
	return z;
}

function standardise(values: Float32Array, columns: number) {
	const mean: number[] = [];
	const scale: number[] = [];
	for (let c = 0; c < columns; c++) {
		let sum = 0;
		let squares = 0;
		let known = 0;
		for (let at = c; at < values.length; at += columns) {
			const value = values[at] as number;
			if (Number.isNaN(value)) continue;
			sum += value;
			squares += value * value;
			known++;
		}
		const average = known ? sum / known : 0;
		mean.push(average);
		const variance = known ? squares / known - average * average : 0;
		scale.push(variance > 1e-9 ? Math.sqrt(variance) : 1);
	}
	return { mean, scale };
}

/** A row has one number more than there are features: the intercept's 1. */
function standardValue(
	values: Float32Array,
	at: number,
	mean: readonly number[],
	scale: readonly number[],
): number {
	const columns = mean.length;
	const c = at % (columns + 1);
	if (c === columns) return 1;
	const value = values[Math.floor(at / (columns + 1)) * columns + c] as number;
	return Number.isNaN(value)
		? 0
		: clamp((value - (mean[c] as number)) / (scale[c] as number), 6);
}

function addRow(
	gradient: Float64Array,
	hessian: Float64Array,
	row: Float64Array,
	weights: Float64Array,
	outcome: number,
): void {
	const size = row.length;
	let z = 0;
	for (let c = 0; c < size; c++)
		z += (row[c] as number) * (weights[c] as number);
	const p = 1 / (1 + Math.exp(-z));
	const weight = Math.max(1e-4, p * (1 - p));
	for (let a = 0; a < size; a++) {
		const value = row[a] as number;
		gradient[a] = (gradient[a] as number) + (p - outcome) * value;
		for (let b = 0; b <= a; b++)
			hessian[a * size + b] =
				(hessian[a * size + b] as number) + weight * value * (row[b] as number);
	}
}

const clamp = (value: number, most: number): number =>
	Math.max(-most, Math.min(most, value));
