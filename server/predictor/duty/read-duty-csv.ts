import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { AppError } from "../../errors.ts";
import {
	type DutySample,
	type DutySeries,
	gridSamples,
} from "../../telemetry/duty-series.ts";

/** A file in which a greater share of the rows than this cannot be read is not one of ours. */
const MOST_BAD_ROWS = 0.05;

/**
 * Reads load series from a CSV file with the columns `series,t,cpu` (name, Unix seconds, percent), in any order and
 * with further columns, compressed when its name ends in .gz. The step of each series is the middle one of
 * the distances of its times. Rows may come in any order; of rows for one step the mean counts; rows with an empty or unreadable load are
 * missing values. Loads are held to 0 to 100.
 * @throws AppError invalidInput when a column is missing, too many rows cannot be read, or there is no series
 */
export async function readDutyCsv(path: string): Promise<DutySeries[]> {
	const file = createReadStream(path);
	const input = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
	file.on("error", (error) => input.destroy(error));
	const series = new Map<string, DutySample[]>();
	let columns: Columns | undefined;
	let rows = 0;
	let bad = 0;
	for await (const line of createInterface({ input })) {
		if (!line.trim()) continue;
		if (!columns) {
			columns = parseHeader(line, path);
			continue;
		}
		rows++;
		if (!addRow(series, line.split(","), columns)) bad++;
	}
	if (bad > MOST_BAD_ROWS * rows)
		throw new AppError(
			"invalidInput",
			`${path}: ${bad} of ${rows} rows have no name, time or load that can be read.`,
		);
	if (!series.size)
		throw new AppError("invalidInput", `${path} holds no series.`);
	return [...series].map(([name, samples]) =>
		gridSamples(name, samples, commonStep(samples)),
	);
}

interface Columns {
	series: number;
	t: number;
	cpu: number;
}

function parseHeader(line: string, path: string): Columns {
	const names = line
		.replace(/^\uFEFF/, "")
		.split(",")
		.map((name) => name.trim().replaceAll('"', ""));
	const find = (name: string) => {
		const at = names.indexOf(name);
		if (at < 0)
			throw new AppError(
				"invalidInput",
				`${path} has no column “${name}”: its first line must be “series,t,cpu”.`,
			);
		return at;
	};
	return { series: find("series"), t: find("t"), cpu: find("cpu") };
}

/** False when the row says nothing; an empty load is not a fault. */
function addRow(
	series: Map<string, DutySample[]>,
	fields: readonly string[],
	columns: Columns,
): boolean {
	const name = fields[columns.series]?.trim().replaceAll('"', "");
	const time = fields[columns.t]?.trim();
	const load = fields[columns.cpu]?.trim();
	if (load === "") return true;
	const t = Number(time);
	const cpu = Number(load);
	if (!name || !time || !Number.isFinite(t) || !Number.isFinite(cpu))
		return false;
	const sample = { t, cpu: Math.max(0, Math.min(100, cpu)) };
	const samples = series.get(name);
	if (samples) samples.push(sample);
	else series.set(name, [sample]);
	return true;
}

/** Steps that machines are measured at; times that waver are taken for the nearest of them. */
const USUAL_STEPS = [
	1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600,
];
const WAVERING = 0.04;

/** The middle one of the distances between neighbouring times, in seconds; a minute when there is only one. */
function commonStep(samples: DutySample[]): number {
	samples.sort((a, b) => a.t - b.t);
	const distances = samples
		.slice(1)
		.map(({ t }, i) => t - (samples[i] as DutySample).t)
		.filter((apart) => apart > 0)
		.sort((a, b) => a - b);
	const middle = distances[distances.length >> 1] ?? 60;
	return (
		USUAL_STEPS.find((step) => Math.abs(middle - step) <= WAVERING * step) ??
		middle
	);
}
