import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readDutyCsv } from "../server/predictor/duty/read-duty-csv.ts";
import {
	evaluateSet,
	type MethodFigures,
	meanOf,
	type SetFigures,
} from "./prediction/evaluate-set.ts";
import { runOriginalProtocol } from "./prediction/original-protocol.ts";

/**
 * How good the forecasts are, on files of loads (`series,t,cpu`, .csv or .csv.gz; each file is a set of machines with a
 * model of its own). Trained on the past, asked about the future only. Figures are means over the limits 15, 30 and
 * 50 % and windows of 30, 60 and 120 minutes; the top level is the mean over the sets.
 *
 *   npm run bench -- predictor --data DIR [--json]
 *   npm run bench -- predictor --original [--data FILE] [--json]
 */
const { values } = parseArgs({
	options: {
		data: { type: "string" },
		original: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
	},
});
const tell = (message: string) => process.stderr.write(`${message}\n`);

async function evaluateFolder(folder: string) {
	const files = (await readdir(folder))
		.filter((file) => /\.csv(\.gz)?$/.test(file))
		.sort();
	if (!files.length) throw new Error(`There is no .csv file in ${folder}.`);
	const sets: Record<string, SetFigures> = {};
	for (const file of files) {
		const name = file.replace(/\.csv(\.gz)?$/, "");
		const series = await readDutyCsv(join(folder, file));
		sets[name] = evaluateSet(series, (message) => tell(`${name}: ${message}`));
	}
	// What was never asked about must not count as forecast without an error.
	const asked = Object.values(sets).filter(({ windows }) => windows > 0);
	if (asked.length === 0)
		throw new Error(
			"Nothing here can be forecast: each series needs some days of loads.",
		);
	return { ...overall(asked), sets };
}

/** Means over the sets; numbers of series and seconds are added up. */
function overall(sets: readonly SetFigures[]) {
	const methods = Object.keys(
		sets[0]?.methods ?? {},
	) as (keyof SetFigures["methods"])[];
	const mean = (read: (set: SetFigures) => number | null) =>
		meanOf(sets.map(read).filter((value) => value !== null));
	return {
		series: sets.reduce((sum, set) => sum + set.series, 0),
		trainSeconds: sets.reduce((sum, set) => sum + set.trainSeconds, 0),
		peakRssMiB: Math.max(...sets.map((set) => set.peakRssMiB)),
		calibrationError: mean((set) => set.calibrationError),
		methods: Object.fromEntries(
			methods.map((method) => [
				method,
				{
					brier: mean((set) => set.methods[method].brier),
					auc: mean((set) => set.methods[method].auc),
					harvestAtAbort5: mean((set) => set.methods[method].harvestAtAbort5),
					harvestAtAbort10: mean((set) => set.methods[method].harvestAtAbort10),
					rmse: Object.fromEntries(
						["5", "30", "60", "120"].map((ahead) => [
							ahead,
							mean((set) => set.methods[method].rmse[ahead] ?? null),
						]),
					),
				} satisfies MethodFigures,
			]),
		),
	};
}

function printTable(
	name: string,
	set: Pick<SetFigures, "calibrationError" | "trainSeconds"> & {
		methods: Record<string, MethodFigures>;
	},
): void {
	console.log(
		`${name}: trained in ${set.trainSeconds.toFixed(1)} s, calibration error ${set.calibrationError.toFixed(3)}`,
	);
	console.table(
		Object.fromEntries(
			Object.entries(set.methods).map(([method, { rmse, ...figures }]) => [
				method,
				Object.fromEntries(
					[
						...Object.entries(figures),
						...Object.entries(rmse).map(
							([ahead, value]) => [`rmse ${ahead} min`, value] as const,
						),
					].map(([key, value]) => [
						key,
						value === null ? null : Number(value.toFixed(4)),
					]),
				),
			]),
		),
	);
}

async function main(): Promise<void> {
	if (values.original) {
		const result = await runOriginalProtocol(values.data);
		console.log(values.json ? JSON.stringify(result) : result);
		return;
	}
	if (!values.data)
		throw new Error("Say where the loads are: --data DIR, or --original.");
	const result = await evaluateFolder(resolve(values.data));
	if (values.json) return console.log(JSON.stringify(result));
	for (const [name, set] of Object.entries(result.sets)) printTable(name, set);
	if (Object.keys(result.sets).length > 1) printTable("all sets", result);
}

await main();
