import { type Db, inTransaction } from "../../database/db.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { readDuty } from "../../telemetry/duty-day-store.ts";
import { tolerateBursts } from "../duty/tolerate-bursts.ts";
import { claimUnscored, writeScores } from "./forecast-score-store.ts";
import { didHold } from "./score-forecast.ts";

const INTERVAL_MS = 60_000;
const MOST_AT_ONCE = 500;
/** Duty comes in minutes; a device that was away hands in later. */
const GRACE_MS = 10 * 60_000;

/**
 * Holds every forecast that led to a placement against what happened, once its window is over, and keeps the account of
 * each device's days. A forecast of which nobody can tell what came is closed without a score.
 */
export function createScoreForecastsLoop(
	services: Pick<Services, "db" | "clock" | "log">,
): RepeatingLoop {
	return createRepeatingLoop({
		name: "score forecasts",
		intervalMs: INTERVAL_MS,
		log: services.log,
		run: () =>
			inTransaction(services.db, (db) =>
				scoreForecasts(db, services.clock.now()),
			),
	});
}

/** Scores what is due, in the transaction that holds the rows. Answers whether there is more. */
export async function scoreForecasts(db: Db, now: Date): Promise<boolean> {
	const due = await claimUnscored(
		db,
		new Date(now.getTime() - GRACE_MS),
		MOST_AT_ONCE,
	);
	if (due.length === 0) return false;
	const ids = [...new Set(due.map(({ deviceId }) => deviceId))];
	const first = Math.min(...due.map(({ madeAt }) => madeAt.getTime()));
	const duties = await readDuty(
		db,
		ids.map((id) => ({ id, kind: undefined })),
		new Date(first),
		now,
	);
	const scores = due.map((forecast) => {
		const duty = duties.get(forecast.deviceId);
		return {
			...forecast,
			held:
				duty &&
				didHold(
					forecast.maxFrozenSeconds > 0
						? tolerateBursts(duty, forecast.maxFrozenSeconds)
						: duty,
					forecast.madeAt.getTime() / 1000,
					forecast.windowSeconds,
					forecast.limit,
				),
		};
	});
	await writeScores(db, scores, now);
	return due.length === MOST_AT_ONCE;
}
