import type { Services } from "../services.ts";
import { listTasksOnDevices } from "../work-units/task-store.ts";
import type { AgentSession } from "./agent-session.ts";
import type { SessionRegistry } from "./session-registry.ts";
import { makeWantedList } from "./wanted-list.ts";

/** Sends devices their wanted lists, read from the database at that moment. */
export interface WantedSender {
	/** Soon, and once however often it is asked for until then. Devices that are not connected here are passed over. */
	schedule(deviceIds: Iterable<string>): void;
	/** Now. */
	send(session: AgentSession): Promise<void>;
	stop(): Promise<void>;
}

/** Collects requests for this long, so that a burst of changes is one list. */
const GATHER_MS = 20;

export function createWantedSender(
	services: Pick<Services, "db" | "blobs" | "clock" | "log">,
	sessions: SessionRegistry,
): WantedSender {
	const waiting = new Set<string>();
	let timer: NodeJS.Timeout | undefined;
	let stopped = false;
	const running = new Set<Promise<void>>();

	const send = (session: AgentSession): Promise<void> =>
		session.inTurn(async () => {
			const [device, tasks] = await Promise.all([
				services.db.device.findUnique({
					where: { id: session.deviceId },
					select: {
						paused: true,
						draining: true,
						state: true,
						blockedReason: true,
					},
				}),
				listTasksOnDevices(services.db, [session.deviceId]),
			]);
			// Retired while connected: the next connection tells the agent why.
			if (!device || device.state === "retired")
				return void session.socket.disconnect(true);
			session.assigned.clear();
			for (const { id, batch } of tasks)
				session.assigned.set(id, pickNeeds(batch.appVersion));
			const paused = device.paused || device.blockedReason !== null;
			session.sendWanted(
				makeWantedList(
					{ paused, draining: device.draining },
					tasks,
					services.blobs,
					services.clock.now(),
				),
			);
		});

	const flush = () => {
		timer = undefined;
		const deviceIds = [...waiting];
		waiting.clear();
		for (const deviceId of deviceIds) {
			const session = sessions.find(deviceId);
			if (!session) continue;
			const sending = send(session).catch((error: unknown) => {
				services.log.warn(
					{ err: error, deviceId },
					"A wanted list could not be sent; it is tried again.",
				);
				if (!stopped) setTimeout(() => schedule([deviceId]), 2_000).unref();
			});
			running.add(sending);
			void sending.finally(() => running.delete(sending));
		}
	};
	const schedule = (deviceIds: Iterable<string>) => {
		for (const deviceId of deviceIds) waiting.add(deviceId);
		if (!stopped && waiting.size) timer ??= setTimeout(flush, GATHER_MS);
	};
	return {
		schedule,
		send,
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await Promise.all(running);
		},
	};
}

const pickNeeds = ({
	cores,
	memoryMiB,
	diskMiB,
}: {
	cores: number;
	memoryMiB: number;
	diskMiB: number;
}) => ({
	cores,
	memoryMiB,
	diskMiB,
});
