import type { Db } from "../database/db.ts";
import { seeDevices } from "../devices/device-transitions.ts";
import type { DeviceMessages } from "./device-messages.ts";

/**
 * Notes which connections were heard since the last time. When that fails they are noted with the next: nobody is taken
 * for gone because the database was busy just then.
 */
export async function noteHeard(
	db: Db,
	messages: Pick<DeviceMessages, "takeHeard" | "keepHeard">,
	now: Date,
): Promise<void> {
	const heard = messages.takeHeard();
	try {
		await seeDevices(db, heard, now);
	} catch (error) {
		messages.keepHeard(heard);
		throw error;
	}
}
