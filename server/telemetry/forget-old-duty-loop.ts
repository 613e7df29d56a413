import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../loops/repeating-loop.ts";
import type { Services } from "../services.ts";

const INTERVAL_MS = 6 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Two-second samples are looked at for a week, and may be handed in for as long; a month leaves room. */
export const SAMPLES_KEPT_MS = 31 * DAY_MS;
/** The predictor learns from weeks; a season is kept for whoever wants to compare. */
export const DUTY_KEPT_MS = 120 * DAY_MS;
/** A forecast that was scored is in its day's account, which is kept for ever. */
export const SCORES_KEPT_MS = 90 * DAY_MS;

/** Forgets once what was measured and forecast too long ago to be of use. Answers how many rows went. */
export async function forgetOldDuty({
	db,
	clock,
}: Pick<Services, "db" | "clock">): Promise<number> {
	const before = (keptMs: number) => new Date(clock.now().getTime() - keptMs);
	const gone = await Promise.all([
		db.telemetryChunk.deleteMany({
			where: { hour: { lt: before(SAMPLES_KEPT_MS) } },
		}),
		db.dutyDay.deleteMany({ where: { day: { lt: before(DUTY_KEPT_MS) } } }),
		db.forecastScore.deleteMany({
			where: { until: { lt: before(SCORES_KEPT_MS) } },
		}),
	]);
	return gone.reduce((sum, { count }) => sum + count, 0);
}

export const createForgetOldDutyLoop = (
	services: Pick<Services, "db" | "clock" | "log">,
): RepeatingLoop =>
	createRepeatingLoop({
		name: "forget old duty",
		intervalMs: INTERVAL_MS,
		log: services.log,
		async run() {
			const rows = await forgetOldDuty(services);
			if (rows > 0)
				services.log.info({ rows }, "Forgot what was measured long ago.");
		},
	});
