import type { Announcements } from "../events/announcements.ts";
import type { Services } from "../services.ts";
import {
	listDeviceWishes,
	listTasksOnDevices,
	type TaskOnDevice,
} from "../work-units/tasks/device-task-store.ts";
import type { AgentSession } from "./agent-session.ts";
import type { SessionRegistry } from "./session-registry.ts";
import { makeWantedList } from "./wanted-list.ts";

/** Sends devices their wanted lists, read from the database at that moment. */
export interface WantedSender {
	/**
	 * Soon, and once however often it is asked for until then; urgent: at once, or right after what is being sent.
	 * Devices that are not connected here are passed over.
	 */
	schedule(deviceIds: Iterable<string>, urgent?: boolean): void;
	stop(): Promise<void>;
}

/** Collects requests for this long, so that a burst of changes is one list for each device and one query for all. */
const GATHER_MS = 20;
const RETRY_MS = 2_000;
/** So many lists are made in one go; between two goes whatever else there is has its turn. */
const MOST_AT_ONCE = 100;

/**
 * Lists are read and sent by one round after the other: were two under way at once, the one that read first could be
 * sent last and take from a device what was leased to it in between.
 * @param onFacts something that placing goes by has changed
 */
export function createWantedSender(
	services: Pick<Services, "db" | "blobs" | "clock" | "log">,
	sessions: SessionRegistry,
	watches: Pick<Announcements, "has">,
	onFacts: () => void,
): WantedSender {
	const waiting = new Set<string>();
	/** Those of them that come first. */
	const urgently = new Set<string>();
	let timer: NodeJS.Timeout | undefined;
	let round: Promise<void> | undefined;
	let stopped = false;

	const begin = async (): Promise<void> => {
		const deviceIds = [...new Set([...urgently, ...waiting])].slice(
			0,
			MOST_AT_ONCE,
		);
		for (const deviceId of deviceIds) {
			waiting.delete(deviceId);
			urgently.delete(deviceId);
		}
		let pauseMs = waiting.size > 0 ? 0 : GATHER_MS;
		try {
			const changed = await sendLists(
				services,
				watches,
				deviceIds.flatMap((id) => sessions.find(id) ?? []),
			);
			if (changed) onFacts();
		} catch (error) {
			services.log.warn(
				{ err: error },
				"Wanted lists could not be sent; they are tried again.",
			);
			for (const deviceId of deviceIds) waiting.add(deviceId);
			pauseMs = RETRY_MS;
		}
		round = undefined;
		wake(urgently.size > 0 ? 0 : pauseMs);
	};
	const wake = (pauseMs: number) => {
		if (stopped || waiting.size === 0 || round) return;
		timer ??= setTimeout(() => {
			timer = undefined;
			round = begin();
		}, pauseMs);
	};
	return {
		schedule(deviceIds, urgent = false) {
			for (const deviceId of deviceIds) {
				waiting.add(deviceId);
				if (urgent) urgently.add(deviceId);
			}
			if (urgent) {
				clearTimeout(timer);
				timer = undefined;
			}
			wake(urgent ? 0 : GATHER_MS);
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await round;
		},
	};
}

/** @returns whether something that placing goes by has changed */
async function sendLists(
	{ db, blobs, clock }: Pick<Services, "db" | "blobs" | "clock">,
	watches: Pick<Announcements, "has">,
	receivers: readonly AgentSession[],
): Promise<boolean> {
	if (receivers.length === 0) return false;
	const readAt = performance.now();
	const deviceIds = receivers.map(({ deviceId }) => deviceId);
	const [wishesOf, tasks] = await Promise.all([
		listDeviceWishes(db, deviceIds),
		listTasksOnDevices(db, deviceIds),
	]);
	const tasksOf = groupByDevice(tasks);
	let changed = false;
	for (const session of receivers) {
		const wishes = wishesOf.get(session.deviceId);
		// Retired while connected: the next connection tells the agent why.
		if (!wishes || wishes.retired) {
			session.socket.disconnect(true);
			continue;
		}
		const { platform, floatOpsPerSecond, rules, paused, draining } = wishes;
		const closed = paused || draining;
		if (session.learn({ platform, floatOpsPerSecond, rules, closed }))
			changed = true;
		const current = session.takeOver(
			tasksOf.get(session.deviceId) ?? [],
			({ version }) => version,
			readAt,
		);
		session.sendWanted(
			makeWantedList(
				{ id: session.deviceId, ...wishes },
				current,
				blobs,
				watches.has,
				clock.now(),
			),
		);
	}
	return changed;
}

function groupByDevice(
	tasks: readonly TaskOnDevice[],
): Map<string, TaskOnDevice[]> {
	const groups = new Map<string, TaskOnDevice[]>();
	for (const task of tasks) {
		const group = groups.get(task.deviceId);
		if (group) group.push(task);
		else groups.set(task.deviceId, [task]);
	}
	return groups;
}
