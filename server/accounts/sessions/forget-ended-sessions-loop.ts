import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { deleteEndedAttempts } from "../attempt-limit.ts";
import { deleteEndedSessions } from "./session-store.ts";

const INTERVAL_MS = 10 * 60_000;

/** Deletes sessions and counts of tries that are over. They count for nothing already; this keeps the tables small. */
export function createForgetEndedSessionsLoop({
	db,
	clock,
	log,
}: Pick<Services, "db" | "clock" | "log">): RepeatingLoop {
	return createRepeatingLoop({
		name: "forgetEndedSessions",
		intervalMs: INTERVAL_MS,
		log,
		async run() {
			await deleteEndedSessions(db, clock.now());
			await deleteEndedAttempts(db, clock.now());
		},
	});
}
