import { generateDuty } from "../../server/predictor/duty/duty-generator.ts";
import {
	NEIGHBOUR_FEATURES,
	neighbourFeatures,
} from "../../server/predictor/duty/neighbour-features.ts";
import { readDutyCsv } from "../../server/predictor/duty/read-duty-csv.ts";
import { seededRandom } from "../../server/predictor/duty/seeded-random.ts";
import { Forest } from "../../server/predictor/forecast/forest.ts";
import { binFeatures } from "../../server/predictor/learn/binning.ts";
import { boostForest } from "../../server/predictor/learn/boosting.ts";

const FOLDS = 10;
/** The last three features are times; the others are loads, and are given less the mean of 50 neighbours a side. */
const LOADS = NEIGHBOUR_FEATURES - 3;
const BASE = 11;
const SAMPLES_A_DAY = 43_200;
const SAMPLES_AN_HOUR = 1_800;
/** A Monday. */
const GENERATED_DAY_MS = Date.UTC(2026, 0, 5);

/**
 * The original design's protocol: ten-fold cross-validation over one day of 2-second samples. With random rows,
 * neighbours two seconds apart fall on both sides, which flatters; with whole hours left out they do not.
 */
export async function runOriginalProtocol(file: string | undefined) {
	const { load, noise } = file ? await readDay(file) : generateDay();
	const random = seededRandom(1);
	const rowFolds = Int32Array.from(load, () => Math.floor(random() * FOLDS));
	const hours = Math.ceil(load.length / SAMPLES_AN_HOUR);
	const hourOrder = Array.from({ length: hours }, (_, hour) => hour)
		.map((hour) => [random(), hour] as const)
		.sort(([a], [b]) => a - b)
		.map(([, hour]) => hour);
	const hourOf = (_: number, i: number) => Math.floor(i / SAMPLES_AN_HOUR);
	const hourFolds = Int32Array.from(
		load,
		(_, i) => hourOrder.indexOf(hourOf(0, i)) % FOLDS,
	);
	const begun = performance.now();
	const rmse = crossValidate(
		load,
		rowFolds,
		Int32Array.from(load, (_, i) => i),
		60,
	);
	const trainSeconds = (performance.now() - begun) / 1000;
	return {
		rmse,
		rmseWholeHours: crossValidate(
			load,
			hourFolds,
			Int32Array.from(load, hourOf),
			20,
		),
		trainSeconds,
		...(noise !== undefined && { noise }),
		samples: load.length,
	};
}

/** Root mean squared error over all samples, each forecast by trees that never saw it. */
function crossValidate(
	load: Float32Array,
	folds: Int32Array,
	group: Int32Array,
	maxTrees: number,
): number {
	let sum = 0;
	let count = 0;
	for (let fold = 0; fold < FOLDS; fold++) {
		const known = Uint8Array.from(load, (value, i) =>
			folds[i] !== fold && !Number.isNaN(value) ? 1 : 0,
		);
		const features = neighbourFeatures(load, known, group);
		const forecast = fitFold(load, known, features, maxTrees);
		for (let i = 0; i < load.length; i++) {
			const value = load[i] as number;
			if (folds[i] !== fold || Number.isNaN(value)) continue;
			sum += (forecast(i) - value) ** 2;
			count++;
		}
	}
	return Math.sqrt(sum / Math.max(1, count));
}

function fitFold(
	load: Float32Array,
	known: Uint8Array,
	features: Float32Array,
	maxTrees: number,
): (sample: number) => number {
	const rows = known.reduce((total, one) => total + one, 0);
	const values = new Float32Array(rows * NEIGHBOUR_FEATURES);
	const targets = new Float64Array(rows);
	const base = (i: number) => {
		const near = features[i * NEIGHBOUR_FEATURES + BASE] as number;
		return Number.isNaN(near) ? 0 : near;
	};
	const relative = (i: number) => {
		const at = i * NEIGHBOUR_FEATURES;
		const row = features.slice(at, at + NEIGHBOUR_FEATURES);
		for (let k = 0; k < LOADS; k++) row[k] = (row[k] as number) - base(i);
		return row;
	};
	let row = 0;
	for (let i = 0; i < load.length; i++) {
		if (!known[i]) continue;
		values.set(relative(i), row * NEIGHBOUR_FEATURES);
		targets[row++] = (load[i] as number) - base(i);
	}
	const forest = new Forest(
		boostForest(
			binFeatures({ rows, columns: NEIGHBOUR_FEATURES, values }),
			targets,
			{
				loss: "squared",
				maxTrees,
				learningRate: 0.12,
				columnShare: 0.6,
				maxLeaves: 16,
				minLeafWeight: 20,
				l2: 5,
				minGain: 0,
				directions: [],
				seed: 1,
			},
		),
	);
	const asked = new Float64Array(NEIGHBOUR_FEATURES);
	return (i) => {
		asked.set(relative(i));
		return base(i) + forest.predict(asked);
	};
}

/** The first day of the first series of a file. */
async function readDay(file: string) {
	const [series] = await readDutyCsv(file);
	if (!series) throw new Error(`${file} holds no series.`);
	return { load: series.mean.subarray(0, SAMPLES_A_DAY), noise: undefined };
}

function generateDay() {
	const duty = generateDuty("camera", 1);
	const at = (i: number) => GENERATED_DAY_MS + i * 2_000;
	const load = Float32Array.from({ length: SAMPLES_A_DAY }, (_, i) =>
		duty.loadAt(at(i)),
	);
	let sum = 0;
	for (let i = 0; i < load.length; i++)
		sum += ((load[i] as number) - duty.curveAt(at(i))) ** 2;
	return { load, noise: Math.sqrt(sum / load.length) };
}
