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
 * Ridge logistic regression by iteratively reweighted least squares. Missing features count as the mean.
 * @param values rows of `columns` features
 * @param outcomes 0 or 1 for each row
 */
export function fitLogistic(
	values: Float32Array,
	columns: number,
	outcomes: Float64Array,
): LogisticWeights {
	const { mean, scale } = standardise(values, columns);
	const size = columns + 1;
	let weights = new Float64Array(size);
	const row = new Float64Array(size);
	for (let step = 0; step < STEPS; step++) {
		const gradient = new Float64Array(size);
		const hessian = new Float64Array(size * size);
		for (let c = 0; c < size; c++) {
			const ridge = c < columns ? RIDGE : 0.1;
			gradient[c] = ridge * (weights[c] as number);
			hessian[c * size + c] = ridge;
		}
		for (let r = 0; r < outcomes.length; r++) {
			fillRow(row, values, r, mean, scale);
			addRow(gradient, hessian, row, weights, outcomes[r] as number);
		}
		const change = solve(hessian, gradient, size);
		weights = weights.map((w, c) => w - clamp(change[c] as number, 3));
	}
	return { mean, scale, weights: [...weights] };
}

/** The probability that these weights give to one row. */
export function logisticProbability(
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
	return 1 / (1 + Math.exp(-z));
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

function fillRow(
	row: Float64Array,
	values: Float32Array,
	r: number,
	mean: readonly number[],
	scale: readonly number[],
): void {
	const columns = mean.length;
	for (let c = 0; c < columns; c++) {
		const value = values[r * columns + c] as number;
		row[c] = Number.isNaN(value)
			? 0
			: clamp((value - (mean[c] as number)) / (scale[c] as number), 6);
	}
	row[columns] = 1;
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

/** Solves A x = b for a symmetric positive A of which the lower half is given (Cholesky). */
function solve(a: Float64Array, b: Float64Array, size: number): Float64Array {
	for (let i = 0; i < size; i++)
		for (let j = 0; j <= i; j++) {
			let sum = a[i * size + j] as number;
			for (let k = 0; k < j; k++)
				sum -= (a[i * size + k] as number) * (a[j * size + k] as number);
			a[i * size + j] =
				i === j
					? Math.sqrt(Math.max(sum, 1e-12))
					: sum / (a[j * size + j] as number);
		}
	const x = Float64Array.from(b);
	for (let i = 0; i < size; i++) {
		for (let k = 0; k < i; k++)
			x[i] = (x[i] as number) - (a[i * size + k] as number) * (x[k] as number);
		x[i] = (x[i] as number) / (a[i * size + i] as number);
	}
	for (let i = size - 1; i >= 0; i--) {
		for (let k = i + 1; k < size; k++)
			x[i] = (x[i] as number) - (a[k * size + i] as number) * (x[k] as number);
		x[i] = (x[i] as number) / (a[i * size + i] as number);
	}
	return x;
}

const clamp = (value: number, most: number): number =>
	Math.max(-most, Math.min(most, value));
