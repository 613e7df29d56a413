import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { dueForSilentDevices } from "./review-store.ts";

const INTERVAL_MS = 10_000;
/** The shortest silence after which any task is given up (see silenceAllowedMs). */
const SHORTEST_SILENCE_MS = 60_000;

/** Makes work units due whose tasks are on devices that went away: no message would ever say so. */
export function createReviewSilentDevicesLoop(
	services: Pick<Services, "db" | "clock" | "log">,
	reviews: Pick<RepeatingLoop, "poke">,
): RepeatingLoop {
	return createRepeatingLoop({
		name: "review silent devices",
		intervalMs: INTERVAL_MS,
		log: services.log,
		async run() {
			if (
				(await dueForSilentDevices(
					services.db,
					services.clock.now(),
					SHORTEST_SILENCE_MS,
				)) > 0
			)
				reviews.poke();
		},
	});
}
