import {
	ADVISORY_LOCK,
	withAdvisoryLock,
} from "../../database/advisory-lock.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { DAY_MS, DUTY_STEP_SECONDS } from "../../telemetry/duty-day-codec.ts";
import { readDuty } from "../../telemetry/duty-day-store.ts";
import type { DutySeries } from "../../telemetry/duty-series.ts";
import { generateSeries } from "../duty/duty-generator.ts";
import {
	GENERATED_DEVICES,
	type GeneratedKind,
} from "../duty/generated-kinds.ts";
import { tolerateBursts } from "../duty/tolerate-bursts.ts";
import { USUAL_MAX_FROZEN_SECONDS } from "../forecast/live-forecasts.ts";
import {
	findNewestModelFacts,
	saveModel,
	type TrainingReason,
} from "../forecast/model-store.ts";
import { listAccounts } from "../score/forecast-score-store.ts";
import { addAccounts, noAccount } from "../score/score-forecast.ts";
import { needsTraining } from "./needs-training.ts";
import { PredictorPool } from "./predictor-pool.ts";

const INTERVAL_MS = 60_000;
/** What a model is trained on at the most. */
const HISTORY_MS = 21 * DAY_MS;
const MOST_DEVICES = 2_000;
/** Generated devices stand in for kinds of which fewer than this were measured, for so long. */
const STAND_INS = 4;
const STAND_IN_DAYS = 14;

/**
 * Keeps the model fresh: trains one when there is none, once a day, and when forecasts have drifted from what happens.
 * Training is done in a thread, by one process at a time; whoever forecasts is told.
 */
export function createTrainPredictorLoop(
	services: Pick<
		Services,
		"db" | "pool" | "clock" | "log" | "config" | "wakes"
	>,
): RepeatingLoop {
	const pool = new PredictorPool();
	const stopping = new AbortController();
	const loop = createRepeatingLoop({
		name: "train predictor",
		intervalMs: INTERVAL_MS,
		log: services.log,
		async run() {
			if (services.config.trainingCpuShare === 0) return;
			if (!(await reasonToTrain(services))) return;
			await withAdvisoryLock(
				services.pool,
				ADVISORY_LOCK.training,
				async () => {
					// Another process may have just done it.
					const reason = await reasonToTrain(services);
					if (!reason) return;
					await train(services, pool, reason, stopping.signal);
					services.wakes.wake("newestModel");
				},
			);
		},
	});
	return {
		...loop,
		async stop() {
			stopping.abort(new Error("The server stops."));
			await pool.close();
			await loop.stop();
		},
	};
}

async function reasonToTrain({
	db,
	clock,
}: Pick<Services, "db" | "clock">): Promise<TrainingReason | undefined> {
	const now = clock.now();
	const model = await findNewestModelFacts(db);
	if (!model) return "first";
	const [accounts, deviceDays] = await Promise.all([
		listAccounts(db, model.trainedAt),
		db.dutyDay.count({
			where: { day: { gte: new Date(now.getTime() - HISTORY_MS) } },
			take: MOST_DEVICES,
		}),
	]);
	const { brier } = model.accuracy as { brier?: number };
	return needsTraining(
		{
			model: { trainedAt: model.trainedAt.getTime(), brier: brier ?? null },
			lately: accounts
				.map(({ account }) => account)
				.reduce(addAccounts, noAccount()),
			deviceDays,
		},
		now.getTime(),
	);
}

async function train(
	{ db, clock, log, config }: Pick<Services, "db" | "clock" | "log" | "config">,
	pool: PredictorPool,
	reason: TrainingReason,
	signal: AbortSignal,
): Promise<void> {
	const now = clock.now();
	const begun = performance.now();
	const duties = await readFleet({ db, clock });
	const cpuShare = config.trainingCpuShare;
	const series = [...duties, ...standIns(duties, now)];
	const model = await pool.train(
		[
			...series,
			...series.map((one) => tolerateBursts(one, USUAL_MAX_FROZEN_SECONDS)),
		],
		{ trainedAt: now.toISOString(), cpuShare, signal },
	);
	const cpuSeconds = ((performance.now() - begun) / 1000) * cpuShare;
	const { version } = await saveModel(db, model, { reason, cpuSeconds });
	log.info(
		{ version, reason, devices: duties.length, cpuSeconds },
		"A model was trained.",
	);
}

/** The duty of the devices that were measured last, each for some weeks. */
async function readFleet({
	db,
	clock,
}: Pick<Services, "db" | "clock">): Promise<DutySeries[]> {
	const now = clock.now();
	const from = new Date(now.getTime() - HISTORY_MS);
	const devices = await db.device.findMany({
		where: {
			dutyDays: { some: { day: { gte: from } } },
			state: { not: "retired" },
		},
		orderBy: { presence: { sampledAt: { sort: "desc", nulls: "last" } } },
		take: MOST_DEVICES,
		select: { id: true, kind: true },
	});
	return [...(await readDuty(db, devices, from, now)).values()];
}

/** Always the same for a day, so that a model differs by what was measured only. */
function standIns(fleet: readonly DutySeries[], now: Date): DutySeries[] {
	const end = Math.floor(now.getTime() / DAY_MS) * (DAY_MS / 1000);
	const span = {
		start: end - STAND_IN_DAYS * (DAY_MS / 1000),
		days: STAND_IN_DAYS,
		stepSeconds: DUTY_STEP_SECONDS,
	};
	const kinds = Object.keys(GENERATED_DEVICES) as GeneratedKind[];
	const missing = (kind: GeneratedKind) =>
		STAND_INS -
		fleet.filter((device) => device.kind === GENERATED_DEVICES[kind].kind)
			.length;
	return kinds.flatMap((kind) =>
		Array.from({ length: Math.max(0, missing(kind)) }, (_, seed) => ({
			...generateSeries(kind, 1000 + seed, span),
			name: `stand-in ${kind} ${seed}`,
		})),
	);
}
