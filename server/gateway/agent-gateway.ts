import { randomBytes } from "node:crypto";
import type { Namespace, Server } from "socket.io";
import {
	AGENT_NAMESPACE,
	type AgentToServerEvents,
	type GuardRecord,
	guardRecordsSchema,
	logSchema,
	measurementsSchema,
	offerSchema,
	PROTOCOL_VERSION,
	progressSchema,
	reportSchema,
	type ServerToAgentEvents,
	sampleSchema,
	telemetrySchema,
} from "../../agent/core/protocol.ts";
import {
	disconnectDevice,
	recordMeasurements,
} from "../devices/device-transitions.ts";
import { keepGuardRecords } from "../devices/guard/keep-guard-records.ts";
import type { Announcements } from "../events/announcements.ts";
import type { PageTopic } from "../events/page-events.ts";
import { createRepeatingLoop } from "../loops/repeating-loop.ts";
import { storeTelemetry } from "../telemetry/telemetry-store.ts";
import {
	type ReportServices,
	takeReport,
} from "../work-units/tasks/take-report.ts";
import { noteProgress } from "../work-units/tasks/task-store.ts";
import { AgentSession, type AgentSocket } from "./agent-session.ts";
import { authenticateDevice } from "./authenticate-device.ts";
import { createDeviceMessages } from "./device-messages.ts";
import { keepLog } from "./keep-log.ts";
import { noteHeard } from "./note-heard.ts";
import { SessionRegistry } from "./session-registry.ts";
import type { StrangerLimit } from "./stranger-limit.ts";
import { createWantedSender, type WantedSender } from "./wanted-sender.ts";

/** A connection that has not said who it is by then is closed. */
const AUTHENTICATION_TIMEOUT_MS = 15_000;
const SEEN_INTERVAL_MS = 5_000;
/** Wanted lists are sent again at this pace, so that what another process changed arrives too. */
const REFRESH_INTERVAL_MS = 30_000;

export interface AgentGateway {
	sessions: SessionRegistry;
	wanted: WantedSender;
	/** All devices get their lists anew: what they should have may have changed unheard. */
	refresh(): void;
	start(): void;
	stop(): Promise<void>;
}

/** What the rest of the server does when devices say something. */
export interface GatewayListeners {
	/** Something can be placed that could not before. */
	offersChanged(): void;
	/** A task ended on its device: its work unit is due. */
	reportsArrived(): void;
	/** A device's guard did this; each record is said once. */
	guardActed(records: readonly GuardRecord[]): void;
}

/** The agents' end of the server: sessions of devices, and nothing that would be lost with them. */
export function createAgentGateway(
	services: ReportServices & {
		announcements: Pick<Announcements, "has" | "onChange">;
		strangers: Pick<StrangerLimit, "trust">;
	},
	io: Server,
	serverId: string,
	listeners: GatewayListeners,
): AgentGateway {
	const sessions = new SessionRegistry();
	const wanted = createWantedSender(
		services,
		sessions,
		services.announcements,
		listeners.offersChanged,
	);
	const messages = createDeviceMessages(services.log);
	const namespace: Namespace<AgentToServerEvents, ServerToAgentEvents> =
		io.of(AGENT_NAMESPACE);
	namespace.on("connection", (socket) => greet(socket));

	function greet(socket: AgentSocket): void {
		const nonce = randomBytes(32).toString("base64url");
		const timer = setTimeout(
			() => socket.disconnect(true),
			AUTHENTICATION_TIMEOUT_MS,
		);
		socket.once("disconnect", () => clearTimeout(timer));
		let asked = false;
		socket.on("authenticate", async (message, answer) => {
			// One try for a challenge.
			if (asked || typeof answer !== "function")
				return void socket.disconnect(true);
			asked = true;
			try {
				const result = await authenticateDevice(services.db, message, {
					nonce,
					serverId,
					now: services.clock.now(),
				});
				answer(result.answer);
				if (!result.ok)
					return void setTimeout(() => socket.disconnect(true), 1_000).unref();
				clearTimeout(timer);
				services.strangers.trust(socket);
				await welcome(new AgentSession(result.device, socket));
			} catch (error) {
				services.log.warn(
					{ err: error },
					"A device could not be let in; it will come again.",
				);
				socket.disconnect(true);
			}
		});
		socket.emit("challenge", { nonce, protocol: PROTOCOL_VERSION });
	}

	async function welcome(session: AgentSession): Promise<void> {
		if (!session.socket.connected) return leave(session);
		sessions.add(session);
		listen(session);
		tellPages(session);
		wanted.schedule([session.deviceId]);
	}

	function listen(session: AgentSession): void {
		const { socket, deviceId } = session;
		const now = () => services.clock.now();
		messages.on(
			session,
			"measurements",
			measurementsSchema,
			async (measurements) => {
				await recordMeasurements(services.db, deviceId, measurements, now());
				wanted.schedule([deviceId]);
				tellPages(session);
			},
		);
		messages.on(session, "offer", offerSchema, (offer) => {
			const first = session.offer === undefined;
			session.takeOffer(offer);
			if (first || offer.accepting) listeners.offersChanged();
		});
		messages.on(session, "progress", progressSchema, async (progress) => {
			for (const { id, workUnitId, batchId } of await noteProgress(
				services.db,
				deviceId,
				progress,
				now(),
			))
				publish(
					`task:${id}`,
					`workUnit:${workUnitId}`,
					`batch:${batchId}`,
					`device:${deviceId}`,
				);
		});
		messages.on(session, "log", logSchema, (log) =>
			keepLog(services, deviceId, log),
		);
		messages.on(
			session,
			"report",
			reportSchema,
			async (report) => {
				const answer = await takeReport(services, deviceId, report);
				// Before the answer is sent: no list that names the task may follow it.
				if (answer.status === "accepted" || answer.status === "obsolete") {
					session.forget(report.taskId);
					listeners.reportsArrived();
					listeners.offersChanged();
				}
				return answer;
			},
			{ status: "refused", message: "The report is not of this protocol." },
		);
		messages.on(
			session,
			"telemetry",
			telemetrySchema,
			async (telemetry) => {
				await storeTelemetry(services.db, deviceId, telemetry, now());
				session.noteDuty(telemetry.samples, now());
				return { ok: true };
			},
			{ ok: false },
		);
		messages.on(
			session,
			"guard",
			guardRecordsSchema,
			async ({ records }) => {
				const fresh = await keepGuardRecords(services, deviceId, records);
				if (fresh.length > 0) {
					publish(`device:${deviceId}`);
					listeners.guardActed(fresh);
				}
				// What was asked for is done: the list that asked for it ends.
				if (records.some(({ action }) => action === "remove"))
					wanted.schedule([deviceId]);
				return { ok: true };
			},
			{ ok: false },
		);
		messages.on(session, "sample", sampleSchema, (sample) =>
			services.events.publish(`device:${deviceId}`, {
				kind: "sample",
				sample,
			}),
		);
		socket.on("look", () => wanted.schedule([deviceId]));
		socket.on("goodbye", async (answer) => {
			await leave(session);
			if (typeof answer === "function") answer();
			socket.disconnect(true);
		});
		socket.on("disconnect", () => void leave(session));
	}

	async function leave(session: AgentSession): Promise<void> {
		sessions.remove(session);
		try {
			if (
				await disconnectDevice(
					services.db,
					session.deviceId,
					session.connectionId,
					services.clock.now(),
				)
			)
				tellPages(session);
		} catch (error) {
			// The loop that marks silent devices will do it.
			services.log.warn(
				{ err: error },
				"A device's leaving could not be noted.",
			);
		}
	}

	function publish(...topics: PageTopic[]): void {
		for (const topic of topics)
			services.events.publish(topic, { kind: "changed" });
	}

	function tellPages({ deviceId, ownerId }: AgentSession): void {
		publish(`device:${deviceId}`, "overview");
		if (ownerId) publish(`devicesOf:${ownerId}`);
	}

	// Samples and logs flow only while somebody looks: a device's list says whether anybody does.
	const stopWatching = services.announcements.onChange((topic) => {
		const [kind, id] = topic.split(":") as [string, string | undefined];
		if (kind === "device" && id) wanted.schedule([id]);
		if (kind !== "task" || !id) return;
		const holders = sessions.list().filter((session) => session.holds(id));
		wanted.schedule(holders.map(({ deviceId }) => deviceId));
	});
	const seen = createRepeatingLoop({
		name: "note which devices were heard",
		intervalMs: SEEN_INTERVAL_MS,
		log: services.log,
		run: () => noteHeard(services.db, messages, services.clock.now()),
	});
	const refreshAll = () =>
		wanted.schedule(sessions.list().map(({ deviceId }) => deviceId));
	const refresh = createRepeatingLoop({
		name: "refresh wanted lists",
		intervalMs: REFRESH_INTERVAL_MS,
		log: services.log,
		run: async () => refreshAll(),
	});
	const stopNotices = services.deviceNotices.onWantedChanged(
		(deviceIds, urgent) => {
			const isHere = (id: string) => sessions.find(id) !== undefined;
			wanted.schedule(deviceIds.filter(isHere), urgent);
			return deviceIds.filter((id) => !isHere(id));
		},
	);
	return {
		sessions,
		wanted,
		refresh: refreshAll,
		start() {
			seen.start();
			refresh.start();
		},
		async stop() {
			stopWatching();
			stopNotices();
			await Promise.all([seen.stop(), refresh.stop(), wanted.stop()]);
			// What devices said before is finished; what they say from here on they will say to the next server.
			const left = sessions.list();
			namespace.disconnectSockets(true);
			await messages.settled();
			await Promise.all(left.map((session) => leave(session)));
		},
	};
}
