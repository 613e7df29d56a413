import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import type { Logger } from "../logger.ts";
import { createRepeatingLoop } from "../loops/repeating-loop.ts";
import type { PortalEventBus, PortalTopic } from "./portal-event-bus.ts";

const CHANNEL = "lull_devices";
const LISTEN_AGAIN_MS = 2_000;

const noticeSchema = z.object({ from: z.uuid(), deviceId: z.uuid() });

/**
 * Carries what people wish of devices from the server process that they ask to the one that the device is connected to,
 * through the database. A notice that is lost costs time, no more: wanted lists are refreshed anyway.
 *
 *   deaf ── LISTEN ──► listening ── connection lost ──► deaf
 */
export function createDeviceNotices({
	pool,
	events,
	log,
}: {
	pool: pg.Pool;
	events: PortalEventBus;
	log: Logger;
}): {
	start(): void;
	stop(): Promise<void>;
} {
	const processId = randomUUID();
	let listener: pg.PoolClient | undefined;
	/** True while we pass on what another process said: that is no news for it. */
	let relaying = false;

	const hear = (payload: string | undefined) => {
		const notice = noticeSchema.safeParse(parseJson(payload));
		if (!notice.success || notice.data.from === processId) return;
		relaying = true;
		const topic: PortalTopic = `device:${notice.data.deviceId}`;
		events.publish(topic, { kind: "changed", urgent: true });
		relaying = false;
	};
	const stopTelling = events.onAny((topic, event) => {
		if (relaying || event.kind !== "changed" || !event.urgent) return;
		const deviceId = topic.slice("device:".length);
		const notice = JSON.stringify({ from: processId, deviceId });
		pool
			.query("SELECT pg_notify($1, $2)", [CHANNEL, notice])
			.catch((error: unknown) =>
				log.warn({ err: error }, "Other processes could not be told."),
			);
	});
	const listen = async () => {
		if (listener) return;
		const client = await pool.connect();
		const lose = () => {
			if (listener !== client) return;
			listener = undefined;
			client.release(true);
		};
		client.on("error", lose);
		client.on("end", lose);
		try {
			client.on("notification", ({ payload }) => hear(payload));
			await client.query(`LISTEN ${CHANNEL}`);
			listener = client;
		} catch (error) {
			client.release(true);
			throw error;
		}
	};
	const loop = createRepeatingLoop({
		name: "listen for wishes",
		intervalMs: LISTEN_AGAIN_MS,
		log,
		run: listen,
	});
	return {
		start: () => loop.start(),
		async stop() {
			stopTelling();
			await loop.stop();
			const client = listener;
			listener = undefined;
			client?.release(true);
		},
	};
}

function parseJson(text: string | undefined): unknown {
	try {
		return JSON.parse(text ?? "");
	} catch {
		return undefined;
	}
}
