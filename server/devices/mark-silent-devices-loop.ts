import { HEARTBEAT_INTERVAL_MS } from "../../agent/core/protocol.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../loops/repeating-loop.ts";
import type { Services } from "../services.ts";
import { markSilentDevicesOffline } from "./device-transitions.ts";

/** Takes silent devices for gone and tells the pages that show them; answers how many. */
export async function markSilentDevices({
	db,
	clock,
	events,
}: Pick<Services, "db" | "clock" | "events">): Promise<number> {
	const devices = await markSilentDevicesOffline(db, clock.now());
	for (const { id } of devices)
		events.publish(`device:${id}`, { kind: "changed" });
	for (const ownerId of new Set(devices.flatMap((one) => one.ownerId ?? [])))
		events.publish(`devicesOf:${ownerId}`, { kind: "changed" });
	if (devices.length > 0) events.publish("overview", { kind: "changed" });
	return devices.length;
}

/** Any number of server processes may run it: each device falls silent once. */
export const createMarkSilentDevicesLoop = (
	services: Pick<Services, "db" | "clock" | "events" | "log">,
): RepeatingLoop =>
	createRepeatingLoop({
		name: "mark silent devices offline",
		intervalMs: HEARTBEAT_INTERVAL_MS,
		log: services.log,
		async run() {
			const count = await markSilentDevices(services);
			if (count > 0) services.log.info({ count }, "Devices fell silent.");
		},
	});
