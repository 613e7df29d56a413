import type { GuardRecord } from "../../../agent/core/protocol.ts";
import type { Services } from "../../services.ts";
import { storeGuardRecords } from "./guard-record-store.ts";
import { storableGuardRecord } from "./storable-guard-record.ts";

/** Keeps what a device says that its guard did; durable when it resolves. Answers the records that were not known. */
export async function keepGuardRecords(
	{ db, clock }: Pick<Services, "db" | "clock">,
	deviceId: string,
	records: readonly GuardRecord[],
): Promise<GuardRecord[]> {
	const now = clock.now();
	const storable = records.map((record) => storableGuardRecord(record, now));
	const fresh = await storeGuardRecords(db, deviceId, storable);
	// Each once, though a message may name one twice.
	return storable.filter(({ id }) => fresh.delete(id));
}
