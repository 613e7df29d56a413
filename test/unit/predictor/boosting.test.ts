import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../server/predictor/duty/seeded-random.ts";
import { Forest } from "../../../server/predictor/forecast/forest.ts";
import { binFeatures } from "../../../server/predictor/learn/binning.ts";
import {
	type BoostingOptions,
	boostForest,
} from "../../../server/predictor/learn/boosting.ts";

const COLUMNS = 3;
const OPTIONS: BoostingOptions = {
	loss: "squared",
	maxTrees: 60,
	learningRate: 0.2,
	columnShare: 1,
	maxLeaves: 8,
	minLeafWeight: 5,
	l2: 1,
	minGain: 0,
	directions: [],
	seed: 1,
};

/** y = 10 where x0 > 0.5, plus x1, less 5 where x2 is missing. */
function someRows(rows = 2_000) {
	const random = seededRandom(3);
	const values = new Float32Array(rows * COLUMNS);
	const targets = new Float64Array(rows);
	for (let r = 0; r < rows; r++) {
		const [a, b, c] = [random(), random(), random()];
		values.set([a, b, c < 0.3 ? Number.NaN : c], r * COLUMNS);
		targets[r] = (a > 0.5 ? 10 : 0) + b - (c < 0.3 ? 5 : 0);
	}
	return { table: { rows, columns: COLUMNS, values }, targets };
}

describe("boosted trees", () => {
	test("learn a step, a slope and what missing means", () => {
		const { table, targets } = someRows();
		const forest = new Forest(
			boostForest(binFeatures(table), targets, OPTIONS),
		);
		for (const [row, y] of [
			[[0.9, 0.5, 0.8], 10.5],
			[[0.1, 0.1, 0.8], 0.1],
			[[0.9, 0.9, Number.NaN], 5.9],
		] as const)
			expect(Math.abs(forest.predict(Float64Array.from(row)) - y)).toBeLessThan(
				0.4,
			);
	});

	test("are the same for the same seed and differ for another", () => {
		const { table, targets } = someRows(500);
		const grow = (seed: number) =>
			boostForest(binFeatures(table), targets, {
				...OPTIONS,
				columnShare: 0.5,
				seed,
			});
		expect(grow(1)).toEqual(grow(1));
		expect(grow(1)).not.toEqual(grow(2));
	});

	test("never turn against a column's direction, not even where the rows do", () => {
		const rows = 3_000;
		const random = seededRandom(9);
		const values = new Float32Array(rows * 2);
		const targets = new Float64Array(rows);
		for (let r = 0; r < rows; r++) {
			const [a, b] = [random(), random()];
			values.set([a, b], r * 2);
			targets[r] = random() < 0.5 + 0.4 * Math.sin(12 * a) * b ? 1 : 0;
		}
		const forest = new Forest(
			boostForest(binFeatures({ rows, columns: 2, values }), targets, {
				...OPTIONS,
				loss: "logistic",
				minLeafWeight: 2,
				directions: [1, 0],
			}),
		);
		for (let b = 0; b <= 1; b += 0.1) {
			let before = Number.NEGATIVE_INFINITY;
			for (let a = 0; a <= 1; a += 0.01) {
				const now = forest.predict(Float64Array.from([a, b]));
				expect(now).toBeGreaterThanOrEqual(before - 1e-9);
				before = now;
			}
		}
	});

	test("stop when rows that they are not trained on no longer gain", () => {
		const random = seededRandom(4);
		const noise = (rows: number) => {
			const values = Float32Array.from({ length: rows * 2 }, random);
			const targets = Float64Array.from({ length: rows }, random);
			return { table: binFeatures({ rows, columns: 2, values }), targets };
		};
		const train = noise(500);
		const forest = boostForest(train.table, train.targets, {
			...OPTIONS,
			validation: noise(500),
			patience: 5,
		});
		expect(forest.roots.length).toBeLessThan(20);
	});

	test("of no rows predict something finite", () => {
		const table = { rows: 0, columns: 2, values: new Float32Array(0) };
		const forest = new Forest(
			boostForest(binFeatures(table), new Float64Array(0), {
				...OPTIONS,
				loss: "logistic",
				maxTrees: 3,
			}),
		);
		expect(forest.predict(Float64Array.from([1, 2]))).toBe(0);
	});
});
