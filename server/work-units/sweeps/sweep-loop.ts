import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { sweepOnce } from "./carry-out-sweep.ts";

const INTERVAL_MS = 1_000;
/** Between two chunks, so that the database is others' too. */
const PAUSE_MS = 10;

/** Carries out long acts chunk by chunk: those that were too long for whoever asked, and what a dead process left. */
export const createSweepLoop = (
	services: Pick<Services, "db" | "clock" | "events" | "deviceNotices" | "log">,
): RepeatingLoop =>
	createRepeatingLoop({
		name: "sweep",
		intervalMs: INTERVAL_MS,
		gatherMs: PAUSE_MS,
		log: services.log,
		run: async () => (await sweepOnce(services)) !== undefined,
	});
