import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { forecastersOf } from "./list-forecasters.ts";
import { findNewestModel, findNewestModelFacts } from "./model-store.ts";
import type { Predictor } from "./predictor.ts";

const INTERVAL_MS = 60_000;

/** Has the predictor of this process use the newest model that any process has trained: soon, when it is told of one. */
export function createUseNewestModelLoop(
	services: Pick<Services, "db" | "log" | "wakes">,
	predictor: Predictor,
): RepeatingLoop {
	const loop = createRepeatingLoop({
		name: "use the newest model",
		intervalMs: INTERVAL_MS,
		log: services.log,
		run: () => takeNewest(services, predictor),
	});
	const stopHearing = services.wakes.onWake("newestModel", () => loop.poke());
	return {
		...loop,
		async stop() {
			stopHearing();
			await loop.stop();
		},
	};
}

async function takeNewest(
	{ db, log }: Pick<Services, "db" | "log">,
	predictor: Predictor,
): Promise<void> {
	const facts = await findNewestModelFacts(db);
	if (!facts || facts.id === predictor.modelId) return;
	const newest = await findNewestModel(db);
	if (!newest) return;
	predictor.use(newest.id, forecastersOf(newest.model));
	log.info({ version: newest.version }, "Forecasts are made with this model.");
}
