import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import {
	type DutyContext,
	prepareDuty,
} from "../server/predictor/duty/duty-context.ts";
import { generateSeries } from "../server/predictor/duty/duty-generator.ts";
import type { GeneratedKind } from "../server/predictor/duty/generated-kinds.ts";
import { readDutyCsv } from "../server/predictor/duty/read-duty-csv.ts";
import { tolerateBursts } from "../server/predictor/duty/tolerate-bursts.ts";
import {
	forecastSurvival,
	type SurvivalForecast,
} from "../server/predictor/forecast/forecast-survival.ts";
import { forecastersOf } from "../server/predictor/forecast/list-forecasters.ts";
import { Predictor } from "../server/predictor/forecast/predictor.ts";
import { yesterday } from "../server/predictor/forecast/simple-forecasters.ts";
import { trainModel } from "../server/predictor/learn/train-model.ts";
import { type DutySeries, endOf } from "../server/telemetry/duty-series.ts";
import { type Policy, simulateHarvest } from "./simulation/simulate-harvest.ts";
import {
	addHarvests,
	type GuardRules,
	type Harvest,
	harvestOfOracle,
	noHarvest,
} from "./simulation/simulated-fleet.ts";

/**
 * How much of the idle time of real machines work by forecast gets, and at what price, against ways that do not
 * forecast and against one that knows the future. Traces are replayed through the real predictor, which is trained on
 * what was before, and the scheduler's real placement; the guard freezes, waits, checkpoints and gives back by its own
 * rules.
 *
 * "reactive" starts whole work units whenever a device is idle, as others do, and freezes like we do, but what it must
 * give back is lost; "reactiveWithCheckpoints" is the same with our checkpoints. "random" does not even look whether
 * the device is idle. "yesterday" is our placement with yesterday's same hours as the forecast.
 *
 *   npm run bench -- harvest [--data DIR] [--confidence 0.94] [--patience 300] [--limits 15,30,50]
 *                            [--train 0.6] [--days 7] [--no-checkpoints] [--no-cutting] [--json]
 *
 * DIR holds files `series,t,cpu` (.csv, .csv.gz), each a set of machines; without it generated devices are used.
 */
const { values } = parseArgs({
	options: {
		data: { type: "string" },
		confidence: { type: "string", default: "0.94" },
		patience: { type: "string", default: "300" },
		limits: { type: "string", default: "15,30,50" },
		train: { type: "string", default: "0.6" },
		days: { type: "string", default: "7" },
		seed: { type: "string", default: "1" },
		"no-checkpoints": { type: "boolean", default: false },
		"no-cutting": { type: "boolean", default: false },
		json: { type: "boolean", default: false },
	},
});

const HOUR_SECONDS = 3_600;
const WEEK_SECONDS = 7 * 86_400;
/** Task lengths that wait in equal numbers. */
const TASK_MINUTES = [5, 15, 30, 60, 120, 240];
const POLICY_NAMES = [
	"predictive",
	"reactive",
	"reactiveWithCheckpoints",
	"random",
	"yesterday",
] as const;
type PolicyName = (typeof POLICY_NAMES)[number] | "oracle";
type Totals = Record<PolicyName, Harvest>;

const noTotals = (): Totals => ({
	predictive: noHarvest(),
	reactive: noHarvest(),
	reactiveWithCheckpoints: noHarvest(),
	random: noHarvest(),
	yesterday: noHarvest(),
	oracle: noHarvest(),
});

const addTotals = (a: Totals, b: Totals): Totals => {
	const sum = noTotals();
	for (const name of Object.keys(sum) as PolicyName[])
		sum[name] = addHarvests(a[name], b[name]);
	return sum;
};

/** Each file is a set of machines. */
async function readSets(): Promise<[string, DutySeries[]][]> {
	if (!values.data) return [["generated", generatedSet()]];
	const files = (await readdir(values.data))
		.filter((file) => /\.csv(\.gz)?$/.test(file))
		.sort();
	if (files.length === 0)
		throw new Error(`There is no .csv or .csv.gz file in ${values.data}.`);
	const sets: [string, DutySeries[]][] = [];
	for (const file of files)
		sets.push([
			basename(file).replace(/\.csv(\.gz)?$/, ""),
			await readDutyCsv(join(values.data, file)),
		]);
	return sets;
}

function generatedSet(): DutySeries[] {
	const kinds: GeneratedKind[] = [
		"camera",
		"gateway",
		"access",
		"kiosk",
		"board",
		"computer",
	];
	const span = { start: 1_770_000_000, days: 14, stepSeconds: 300 };
	return kinds.flatMap((kind) =>
		[1, 2].map((seed) => ({
			...generateSeries(kind, seed, span),
			name: `${kind} ${seed}`,
		})),
	);
}

/**
 * Machines that were measured at different times are brought together by whole weeks, which leaves hours and weekdays as
 * they were.
 */
function alignWeeks(fleet: readonly DutySeries[]): DutySeries[] {
	const last = Math.max(...fleet.map(endOf));
	return fleet.map((series) => ({
		...series,
		start:
			series.start +
			Math.floor((last - endOf(series)) / WEEK_SECONDS) * WEEK_SECONDS,
	}));
}

/** What is measured first is learned from; so many days with measurements after it are replayed. */
function spanOf(fleet: readonly DutySeries[]): { from: number; to: number } {
	const known = new Map<number, number>();
	for (const series of fleet)
		series.mean.forEach((percent, i) => {
			if (Number.isNaN(percent)) return;
			const t = series.start + i * series.stepSeconds;
			const hour = t - (t % HOUR_SECONDS);
			known.set(hour, (known.get(hour) ?? 0) + 1);
		});
	const hours = [...known].toSorted(([a], [b]) => a - b);
	let left =
		hours.reduce((sum, [, count]) => sum + count, 0) * Number(values.train);
	const rest = hours.filter(([, count]) => {
		left -= count;
		return left < 0;
	});
	const [from] = rest[0] ?? [0];
	const [to] = rest.slice(0, Number(values.days) * 24).at(-1) ?? [0];
	return { from, to: to + HOUR_SECONDS };
}

function replaySet(name: string, machines: readonly DutySeries[]): Totals {
	const fleet = alignWeeks(machines);
	const { from, to } = spanOf(fleet);
	const tolerant = fleet.map((series) =>
		tolerateBursts(series, Number(values.patience)),
	);
	const duties = new Map(
		fleet.map(({ name }, i) => [name, prepareDuty(tolerant[i] as DutySeries)]),
	);
	const begun = performance.now();
	const model = trainModel([...fleet, ...tolerant], {
		trainedAt: new Date(from * 1000).toISOString(),
		until: () => from,
		seed: Number(values.seed),
	});
	const predictor = new Predictor();
	predictor.use("bench", forecastersOf(model));
	tell(`${name}: trained in ${since(begun)}`);
	let totals = noTotals();
	for (const limitPercent of values.limits.split(",").map(Number)) {
		const rules: GuardRules = {
			limitPercent,
			maxFrozenSeconds: Number(values.patience),
		};
		const ours = {
			placement: "predictive",
			cutting: !values["no-cutting"],
			checkpoints: !values["no-checkpoints"],
			looksFirst: true,
		} as const;
		const others = { cutting: false, checkpoints: false, looksFirst: true };
		const policies: Record<(typeof POLICY_NAMES)[number], Policy> = {
			predictive: {
				...ours,
				forecast: by(duties, (duty, at) =>
					predictor.forecast(duty, at, limitPercent),
				),
			},
			reactive: { ...others, placement: "spread" },
			reactiveWithCheckpoints: {
				...others,
				placement: "spread",
				checkpoints: ours.checkpoints,
			},
			random: { ...others, placement: "random", looksFirst: false },
			yesterday: {
				...ours,
				forecast: by(duties, (duty, at) =>
					forecastSurvival(yesterday, duty, at, limitPercent),
				),
			},
		};
		const one = noTotals();
		for (const policy of POLICY_NAMES)
			one[policy] = simulateHarvest(fleet, policies[policy], {
				rules,
				confidence: Number(values.confidence),
				taskSeconds: TASK_MINUTES.map((minutes) => minutes * 60),
				from,
				to,
				seed: Number(values.seed),
			});
		one.oracle = fleet
			.map((series) => harvestOfOracle(series, rules, from, to))
			.reduce(addHarvests, noHarvest());
		tell(`${name}, limit ${limitPercent} %: ${since(begun)}`);
		totals = addTotals(totals, one);
	}
	return totals;
}

/** The step that runs is known already, as a device's last minutes are. */
const by =
	(
		duties: ReadonlyMap<string, DutyContext>,
		forecast: (duty: DutyContext, at: number) => SurvivalForecast,
	): NonNullable<Policy["forecast"]> =>
	(device, step) => {
		const duty = duties.get(device.name);
		if (!duty) throw new Error(`${device.name} has no duty.`);
		return forecast(duty, duty.timeOf(step + 1));
	};

function describe(totals: Totals) {
	const best = totals.oracle.usefulSeconds;
	const figures = (harvest: Harvest) => ({
		harvestShare: share(harvest.usefulSeconds, best),
		interruptedShare: share(harvest.givenBack, harvest.started),
		wastedShare: share(
			harvest.wastedSeconds,
			harvest.usefulSeconds + harvest.wastedSeconds,
		),
		ownerMinutesDisturbed: Math.round(harvest.disturbedSeconds / 60),
		usefulHours: Math.round(harvest.usefulSeconds / 360) / 10,
		started: harvest.started,
		givenBack: harvest.givenBack,
	});
	return {
		predictive: figures(totals.predictive),
		reactive: figures(totals.reactive),
		reactiveWithCheckpoints: figures(totals.reactiveWithCheckpoints),
		random: figures(totals.random),
		yesterday: figures(totals.yesterday),
		oracle: figures(totals.oracle),
	};
}

const share = (part: number, whole: number) =>
	whole > 0 ? Math.round((part / whole) * 1e4) / 1e4 : 0;
const since = (begun: number) =>
	`${((performance.now() - begun) / 1000).toFixed(1)} s`;
const tell = (text: string) => process.stderr.write(`  ${text}\n`);

async function main(): Promise<void> {
	let totals = noTotals();
	const sets: Record<string, ReturnType<typeof describe>> = {};
	for (const [name, fleet] of await readSets()) {
		const ofSet = replaySet(name, fleet);
		sets[name] = describe(ofSet);
		totals = addTotals(totals, ofSet);
	}
	const policies = describe(totals);
	if (values.json) console.log(JSON.stringify({ policies, sets }));
	else
		for (const [name, figures] of Object.entries({ ...sets, all: policies })) {
			console.log(`\n${name}`);
			console.table(figures);
		}
}

await main();
