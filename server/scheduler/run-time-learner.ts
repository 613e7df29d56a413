import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../loops/repeating-loop.ts";
import type { Services } from "../services.ts";
import { type MeasuredRun, noteRunTimes } from "./run-time-store.ts";

const INTERVAL_MS = 10_000;
/** What is reported in this time is learned together. */
const GATHER_MS = 500;
/** More than this is not kept while the database is away: the newest say as much. */
const MOST_WAITING = 10_000;
/** Shorter runs say more about the engine than about the program. */
const SHORTEST_SECONDS = 0.2;

/** Learns how long tasks run, beside the reports and not in their way. What a process that dies had not learned yet is lost. */
export interface RunTimeLearner extends RepeatingLoop {
	note(run: MeasuredRun): void;
}

/** @param onLearned something new is in the database */
export function createRunTimeLearner(
	services: Pick<Services, "db" | "clock" | "log">,
	onLearned: () => void = () => {},
): RunTimeLearner {
	let waiting: MeasuredRun[] = [];
	const loop = createRepeatingLoop({
		name: "learn run times",
		intervalMs: INTERVAL_MS,
		gatherMs: GATHER_MS,
		log: services.log,
		async run() {
			const runs = waiting;
			waiting = [];
			if (runs.length === 0) return;
			await noteRunTimes(services.db, runs, services.clock.now());
			onLearned();
		},
	});
	return {
		...loop,
		note(run) {
			if (!(run.seconds >= SHORTEST_SECONDS)) return;
			if (waiting.length >= MOST_WAITING) waiting.shift();
			waiting.push(run);
			loop.poke();
		},
	};
}
