import type { DutySeries } from "../../telemetry/duty-series.ts";
import { LOAD_FEATURE_NAMES } from "../duty/load-features.ts";
import { joinLoadRows, type LoadRows } from "../duty/load-rows.ts";
import {
	SURVIVAL_DIRECTIONS,
	SURVIVAL_FEATURE_NAMES,
} from "../duty/survival-features.ts";
import {
	calibrate,
	logOddsOf,
	probabilityOf,
	UNCALIBRATED,
} from "../forecast/calibration.ts";
import { Forest, type ForestData } from "../forecast/forest.ts";
import { fitLoadBase, loadBaseOf } from "../forecast/load-base.ts";
import { type Accuracy, MODEL_FORMAT, type Model } from "../forecast/model.ts";
import {
	joinSurvivalRows,
	type SurvivalRows,
} from "../forecast/survival-rows.ts";
import {
	areaUnderRoc,
	brierScore,
	calibrationError,
	reliabilityOf,
} from "../score/accuracy-measures.ts";
import { binAlike, binFeatures } from "./binning.ts";
import { type BoostingOptions, boostForest } from "./boosting.ts";
import { BESIDE, gatherRows, type TrainingOptions } from "./gather-rows.ts";

/** More than this would give up what the devices learn from each other. */
const LOGISTIC_SHARES = [0.1, 0.2, 0.3, 0.4, 0.5];
/** A few days kept back may end too early by chance; so many trees are never too many. */
const FEWEST_TREES = 80;

/**
 * The same for all sets of machines; small leaves learn days by heart. How they were compared is in docs/predictor.md.
 */
const SURVIVAL_BOOSTING = {
	loss: "logistic",
	maxTrees: 400,
	patience: 30,
	learningRate: 0.06,
	columnShare: 0.4,
	maxLeaves: 16,
	minLeafWeight: 40,
	l2: 30,
	minGain: 0,
	directions: SURVIVAL_DIRECTIONS,
} satisfies Omit<BoostingOptions, "seed">;

const LOAD_BOOSTING = {
	loss: "squared",
	maxTrees: 100,
	learningRate: 0.06,
	columnShare: 0.5,
	maxLeaves: 12,
	minLeafWeight: 60,
	l2: 50,
	minGain: 0,
	directions: LOAD_FEATURE_NAMES.map(() => 0),
} satisfies Omit<BoostingOptions, "seed">;

/**
 * Trains the pooled model, and a regression for each device, on what the devices did up to the end of their series.
 * First on all but the last fifth of each device's days, to measure and calibrate on that fifth, then on everything.
 * Devices are looked at one after the other and only their rows are kept, so that memory does not grow with histories.
 * Deterministic: the same series, options and seed give the same model.
 */
export function trainModel(
	series: Iterable<DutySeries>,
	options: TrainingOptions,
): Model {
	const { seed = 1, pace } = options;
	const gathered = gatherRows([...series], options);
	const early = joinSurvivalRows(gathered.early);
	const late = joinSurvivalRows(gathered.late);
	const all = joinSurvivalRows([early, late]);
	const first = boostSurvival(early, options, late);
	const { logOdds, logisticShare } = blend(
		forecastRows(new Forest(first), late),
		late,
	);
	const calibration = late.rows
		? calibrate(logOdds, late.targets)
		: UNCALIBRATED;
	return {
		format: MODEL_FORMAT,
		trainedAt: options.trainedAt,
		seed,
		trainedRows: all.rows,
		devices: gathered.early.length,
		survival: {
			featureNames: [...SURVIVAL_FEATURE_NAMES],
			forests: [boostSurvival(all, options, first.roots.length)],
			logisticShare,
			calibration,
		},
		load: trainLoad(joinLoadRows(gathered.load), seed, pace),
		logistic: gathered.logistic,
		accuracy: accuracyOf(logOdds, late),
	};
}

/** @param until how many trees, or the rows by which to tell when it is enough */
function boostSurvival(
	rows: SurvivalRows,
	{ seed = 1, pace }: TrainingOptions,
	until: number | SurvivalRows,
): ForestData {
	const table = binFeatures(tableOf(rows));
	const enough =
		typeof until === "number"
			? { maxTrees: Math.max(FEWEST_TREES, until) }
			: until.rows
				? {
						validation: {
							table: binAlike(tableOf(until), table),
							targets: until.targets,
						},
					}
				: { maxTrees: FEWEST_TREES };
	return boostForest(table, rows.targets, {
		...SURVIVAL_BOOSTING,
		...enough,
		seed,
		...(pace && { pace }),
	});
}

/** A regression on recent and usual loads, and trees for what it leaves. */
function trainLoad(
	rows: LoadRows,
	seed: number,
	pace?: () => void,
): Model["load"] {
	const columns = LOAD_FEATURE_NAMES.length;
	const base = fitLoadBase(rows);
	const left = rows.targets.map(
		(target, r) =>
			target -
			loadBaseOf(base, rows.values.subarray(r * columns, (r + 1) * columns)),
	);
	const table = binFeatures({ rows: rows.rows, columns, values: rows.values });
	return {
		featureNames: [...LOAD_FEATURE_NAMES],
		base,
		forest: boostForest(table, left, {
			...LOAD_BOOSTING,
			seed,
			...(pace && { pace }),
		}),
	};
}

/**
 * Mixes the devices' own regressions, fitted on the same days as the forest, into its log-odds: the share that has the
 * least Brier score on the days kept back.
 */
function blend(
	forest: Float64Array,
	{ targets, beside }: SurvivalRows,
): { logOdds: Float64Array; logisticShare: number } {
	const own = beside[BESIDE.length]?.map(logOddsOf) ?? forest;
	let best = { logOdds: forest, logisticShare: 0 };
	const brierOf = (logOdds: Float64Array) =>
		brierScore({
			probabilities: logOdds.map(probabilityOf),
			outcomes: targets,
		});
	let least = brierOf(forest);
	for (const logisticShare of LOGISTIC_SHARES) {
		const logOdds = forest.map(
			(z, r) => (1 - logisticShare) * z + logisticShare * (own[r] as number),
		);
		const brier = brierOf(logOdds);
		if (brier < least) {
			least = brier;
			best = { logOdds, logisticShare };
		}
	}
	return best;
}

const tableOf = ({ rows, values }: SurvivalRows) => ({
	rows,
	columns: SURVIVAL_FEATURE_NAMES.length,
	values,
});

function forecastRows(
	forest: Forest,
	{ rows, values }: SurvivalRows,
): Float64Array {
	const columns = SURVIVAL_FEATURE_NAMES.length;
	const row = new Float64Array(columns);
	return Float64Array.from({ length: rows }, (_, r) => {
		row.set(values.subarray(r * columns, (r + 1) * columns));
		return forest.predict(row);
	});
}

/** The accuracy of the forecasts as the forest made them, before they were calibrated on these same windows. */
function accuracyOf(
	logOdds: Float64Array,
	{ targets, beside, rows }: SurvivalRows,
): Accuracy | null {
	if (!rows) return null;
	const score = (probabilities: Float64Array) => {
		const scored = { probabilities, outcomes: targets };
		return {
			brier: brierScore(scored),
			auc: areaUnderRoc(scored),
			windows: rows,
		};
	};
	const probabilities = logOdds.map(probabilityOf);
	const scored = { probabilities, outcomes: targets };
	const others = [...BESIDE.map(({ name }) => name), "logistic" as const];
	return {
		...score(probabilities),
		calibrationError: Math.min(1, calibrationError(scored)),
		reliability: reliabilityOf(scored),
		others: Object.fromEntries(
			others.map((name, k) => [name, score(beside[k] as Float64Array)]),
		),
	};
}
