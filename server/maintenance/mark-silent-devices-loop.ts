import { HEARTBEAT_INTERVAL_MS } from "../../agent/protocol.ts";
import { markSilentDevicesOffline } from "../devices/device-transitions.ts";
import type { Services } from "../services.ts";

export const MARK_SILENT_DEVICES_INTERVAL_MS = HEARTBEAT_INTERVAL_MS;

/** Takes silent devices for gone and tells the pages that show them; answers how many. */
export async function markSilentDevicesOnce({
	db,
	clock,
	events,
}: Pick<Services, "db" | "clock" | "events">): Promise<number> {
	const devices = await markSilentDevicesOffline(db, clock.now());
	for (const { id } of devices)
		events.publish(`device:${id}`, { kind: "changed" });
	for (const ownerId of new Set(devices.map((device) => device.ownerId)))
		events.publish(`devicesOf:${ownerId}`, { kind: "changed" });
	if (devices.length > 0) events.publish("overview", { kind: "changed" });
	return devices.length;
}

/** Runs {@link markSilentDevicesOnce} again and again; a database that is away delays it, nothing more. */
export function startMarkSilentDevicesLoop(
	services: Pick<Services, "db" | "clock" | "events" | "log">,
): { stop(): Promise<void> } {
	let current = Promise.resolve();
	let busy = false;
	const timer = setInterval(() => {
		if (busy) return;
		busy = true;
		current = markSilentDevicesOnce(services)
			.then((count) => {
				if (count > 0)
					services.log.info({ count }, "Devices fell silent and are offline.");
			})
			.catch((error: unknown) =>
				services.log.error({ err: error }, "Marking silent devices failed."),
			)
			.finally(() => {
				busy = false;
			});
	}, MARK_SILENT_DEVICES_INTERVAL_MS);
	return {
		async stop() {
			clearInterval(timer);
			await current;
		},
	};
}
