/**
 * How many operations one core does in a second. Two small kernels of fixed work; the rate of the fastest slice
 * counts, so that another program's burst in between does not.
 *
 * How operations are counted: each `+ - * ^ << >>>`, comparison and array access of the integer kernel is one (its
 * loop counter included); each floating-point `+ - * /` and `sqrt` is one, and a sine or exponential eight, about what
 * it takes to compute one from the others.
 */
const SLICE_MS = 40;
const SLICES = 25;

const INTEGER_ROUNDS = 20_000;
const INTEGER_OPS_PER_ROUND = 20;
const FLOAT_ROUNDS = 10_000;
const FLOAT_OPS_PER_ROUND = 36;

export interface Speed {
	integerOpsPerSecond: number;
	floatOpsPerSecond: number;
}

/** Takes about two seconds, in slices between which the rest of the program gets its turn. */
export async function runBenchmark(): Promise<Speed> {
	return {
		integerOpsPerSecond: await measure(
			mixIntegers,
			INTEGER_ROUNDS * INTEGER_OPS_PER_ROUND,
		),
		floatOpsPerSecond: await measure(
			mixFloats,
			FLOAT_ROUNDS * FLOAT_OPS_PER_ROUND,
		),
	};
}

async function measure(
	kernel: (seed: number) => number,
	operations: number,
): Promise<number> {
	let best = 0;
	let value = 1;
	for (let slice = 0; slice < SLICES; slice++) {
		const start = performance.now();
		let calls = 0;
		while (performance.now() - start < SLICE_MS) {
			// The result goes in again: a kernel whose result nobody used could be optimised away.
			value = kernel(value);
			calls++;
		}
		const seconds = (performance.now() - start) / 1000;
		best = Math.max(best, (calls * operations) / seconds);
		await new Promise((resolve) => setTimeout(resolve));
	}
	if (Number.isNaN(value)) throw new Error("The benchmark computed nonsense.");
	return Math.round(best);
}

const TABLE = new Int32Array(1024);

/** Like Dhrystone: integer arithmetic, table look-ups, branches. 20 operations a round. */
function mixIntegers(seed: number): number {
	let a = seed | 0;
	let b = 0x9e3779b9 | 0;
	for (let i = 0; i < INTEGER_ROUNDS; i++) {
		a = (Math.imul(a, 1664525) + 1013904223) | 0; // 2
		a ^= a << 13; // 2
		a ^= a >>> 17; // 2
		a ^= a << 5; // 2
		const at = (a >>> 7) & 1023; // 2
		const old = TABLE[at] as number; // 1
		if (old < b)
			b = (b + old) | 0; // 1 + 1
		else b = (b ^ old) | 0;
		TABLE[at] = (old + a) | 0; // 2
		b = (b << 1) | (b >>> 31); // 3, and 2 for the loop
	}
	return (a ^ b) | 0;
}

/** Like Whetstone: array elements, polynomials, a division, a root and two transcendental functions. 36 a round. */
function mixFloats(seed: number): number {
	let x1 = 1 + (seed % 1) * 1e-9;
	let x2 = -1;
	let x3 = -1;
	let x4 = -1;
	const t = 0.499975;
	for (let i = 0; i < FLOAT_ROUNDS; i++) {
		x1 = (x1 + x2 + x3 - x4) * t; // 4
		x2 = (x1 + x2 - x3 + x4) * t; // 4
		x3 = (x1 - x2 + x3 + x4) * t; // 4
		x4 = (-x1 + x2 + x3 + x4) * t; // 4
		const square = x1 * x1 + 1; // 2
		x2 += Math.sin(x2) * t; // 10
		x3 = x3 / square + Math.sqrt(square) - Math.exp(-square); // 12, of which exp 8
		// The values stay near one, where every machine takes the same path through its functions.
		if (x3 > 4) x3 = t;
	}
	return x1 + x2 + x3 + x4;
}
