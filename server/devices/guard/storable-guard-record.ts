import type { GuardRecord } from "../../../agent/core/protocol.ts";
import { storableText } from "../../database/storable-text.ts";

/** Records are kept for so long. */
export const GUARD_RECORDS_KEPT_MS = 90 * 86_400_000;

/**
 * A record as the database can hold it. Its time is the device's word: one of the future is of now, and one from before
 * anything is kept is of the oldest time that is.
 */
export function storableGuardRecord(
	record: GuardRecord,
	now: Date,
): GuardRecord {
	const oldest = now.getTime() - GUARD_RECORDS_KEPT_MS;
	const at = Math.min(
		now.getTime(),
		Math.max(oldest, Date.parse(record.at) || oldest),
	);
	return {
		...record,
		at: new Date(at).toISOString(),
		detail: storableText(record.detail),
	};
}
