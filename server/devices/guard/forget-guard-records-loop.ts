import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { forgetOldNeeds } from "../rules/owner-need-store.ts";
import { forgetOldGuardRecords } from "./guard-record-store.ts";
import { GUARD_RECORDS_KEPT_MS } from "./storable-guard-record.ts";

const INTERVAL_MS = 60 * 60 * 1000;
/** Many times the interval, for servers that were away. */
const LOOK_BACK_MS = 24 * INTERVAL_MS;
const RECORDS_AT_ONCE = 5_000;
/** Of one device, so that none can fill the disk: two a minute for a week. */
export const MOST_RECORDS_OF_A_DEVICE = 20_000;

/**
 * Forgets once what guards did more than 90 days ago, and the times, over for as long, in which owners needed their
 * devices. Answers how many records went.
 */
export async function forgetGuardRecords(
	{ db, clock }: Pick<Services, "db" | "clock">,
	most = MOST_RECORDS_OF_A_DEVICE,
): Promise<number> {
	const ago = (ms: number) => new Date(clock.now().getTime() - ms);
	const before = ago(GUARD_RECORDS_KEPT_MS);
	const since = ago(LOOK_BACK_MS);
	await forgetOldNeeds(db, before);
	const limit = RECORDS_AT_ONCE;
	for (let forgotten = 0; ; ) {
		const gone = await forgetOldGuardRecords(db, {
			before,
			since,
			most,
			limit,
		});
		forgotten += gone;
		if (gone < limit) return forgotten;
	}
}

export const createForgetGuardRecordsLoop = (
	services: Pick<Services, "db" | "clock" | "log">,
): RepeatingLoop =>
	createRepeatingLoop({
		name: "forget guard records",
		intervalMs: INTERVAL_MS,
		log: services.log,
		async run() {
			const records = await forgetGuardRecords(services);
			if (records > 0)
				services.log.info({ records }, "Forgot what guards did long ago.");
		},
	});
