import { parseArgs } from "node:util";
import { prepareDuty } from "../server/predictor/duty/duty-context.ts";
import { generateSeries } from "../server/predictor/duty/duty-generator.ts";
import type { GeneratedKind } from "../server/predictor/duty/generated-kinds.ts";
import { GENERATED_DEVICES } from "../server/predictor/duty/generated-kinds.ts";
import {
	forecastSurvival,
	SURVIVAL_WINDOWS,
} from "../server/predictor/forecast/forecast-survival.ts";
import { GbrtForecaster } from "../server/predictor/forecast/gbrt-forecaster.ts";
import { trainModel } from "../server/predictor/learn/train-model.ts";

/**
 * How long it takes to train the pooled model on many devices, and how many forecasts a second it then makes, both on
 * one core. A forecast is the probability for one device, one limit and one window.
 *
 *   npm run bench -- training [--devices 1000] [--days 14] [--step 300] [--json]
 */
const { values } = parseArgs({
	options: {
		devices: { type: "string", default: "1000" },
		days: { type: "string", default: "14" },
		step: { type: "string", default: "300" },
		json: { type: "boolean", default: false },
	},
});
const START = Date.UTC(2026, 0, 5) / 1000;
const kinds = Object.keys(GENERATED_DEVICES) as GeneratedKind[];
const span = {
	start: START,
	days: Number(values.days),
	stepSeconds: Number(values.step),
};

const series = Array.from({ length: Number(values.devices) }, (_, k) =>
	generateSeries(kinds[k % kinds.length] as GeneratedKind, k, span),
);
process.stderr.write(`${series.length} devices were generated\n`);
const begun = performance.now();
const model = trainModel(series, { trainedAt: new Date().toISOString() });
const trainSeconds = (performance.now() - begun) / 1000;

const forecaster = new GbrtForecaster(model);
const asked = performance.now();
let devices = 0;
for (const one of series.slice(0, 500)) {
	const duty = prepareDuty(one);
	forecastSurvival(forecaster, duty, duty.timeOf(duty.steps), 30);
	devices++;
}
const forecastSeconds = (performance.now() - asked) / 1000;
const result = {
	devices: series.length,
	rows: model.trainedRows,
	trainSeconds,
	forecastsPerSecond: (devices * SURVIVAL_WINDOWS.length) / forecastSeconds,
	devicesPerSecond: devices / forecastSeconds,
	brier: model.accuracy?.brier,
	modelKiB: Math.round(JSON.stringify(model).length / 1024),
	peakRssMiB: process.resourceUsage().maxRSS / 1024,
};
console.log(values.json ? JSON.stringify(result) : result);
