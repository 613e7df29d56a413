import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import {
	abandonSubmission,
	listDeadSubmissions,
} from "./submission-claim-store.ts";

const INTERVAL_MS = 15_000;

/** Gives up submissions whose process died; sweeps remove what they had stored. Answers how many. */
export async function abandonDeadSubmissions({
	db,
	clock,
}: Pick<Services, "db" | "clock">): Promise<number> {
	const now = clock.now();
	let abandoned = 0;
	for (const id of await listDeadSubmissions(db, now))
		if (await abandonSubmission(db, id, now, "dead")) abandoned++;
	return abandoned;
}

/** Any number of processes may run it: each submission is given up once. */
export const createAbandonDeadSubmissionsLoop = (
	services: Pick<Services, "db" | "clock" | "log">,
): RepeatingLoop =>
	createRepeatingLoop({
		name: "abandon dead submissions",
		intervalMs: INTERVAL_MS,
		log: services.log,
		async run() {
			const count = await abandonDeadSubmissions(services);
			if (count > 0)
				services.log.warn({ count }, "Submissions whose process died.");
		},
	});
