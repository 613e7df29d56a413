import { isDeepStrictEqual } from "node:util";
import type { Socket } from "socket.io";
import type {
	AgentToServerEvents,
	Offer,
	OwnerRules,
	Platform,
	Sample,
	ServerToAgentEvents,
	Wanted,
} from "../../agent/core/protocol.ts";
import type { Resources } from "../devices/resources.ts";

export type AgentSocket = Socket<AgentToServerEvents, ServerToAgentEvents>;

/** What placing needs to know of a device beside its offer. The same object until something changes. */
export interface DeviceFacts {
	/** As it measured itself; null: it has not yet. */
	platform: Platform | null;
	floatOpsPerSecond: number | null;
	rules: OwnerRules;
	/** Its owner or an admin wants no new work on it. */
	closed: boolean;
}

/**
 * A device's connection to this process:
 *
 *   challenged ── authenticate ──► welcome ── offer ──► offering
 *       └──────────────┴──────────────┴───────────────────┴──► closed
 *
 * Nothing here is lost with the process: offers come again every few seconds, assignments are read from the database.
 */
export class AgentSession {
	readonly deviceId: string;
	/** Null: the device has no account. */
	readonly ownerId: string | null;
	readonly connectionId: string;
	readonly socket: AgentSocket;
	/** What it offers; the same object until it offers something else. */
	offer: Offer | undefined;
	/** What the server knows of the device, as of its last list; undefined before its first. */
	facts: DeviceFacts | undefined;
	/** The mean duty of the newest telemetry, in percent, and when it came (Unix milliseconds). */
	duty: { percent: number; at: number } | undefined;
	#revision = 0;
	/** What is on the device, by task, and since when we know. */
	#assigned = new Map<string, { needs: Resources; since: number }>();
	/** Tasks that ended here, and when: a list that was read before must not name them again. */
	readonly #ended = new Map<string, number>();

	constructor(
		device: {
			deviceId: string;
			ownerId: string | null;
			connectionId: string;
		},
		socket: AgentSocket,
	) {
		this.deviceId = device.deviceId;
		this.ownerId = device.ownerId;
		this.connectionId = device.connectionId;
		this.socket = socket;
	}

	holds(taskId: string): boolean {
		return this.#assigned.has(taskId);
	}

	/** Takes the last minute of what was measured for the duty of now; what was kept from long ago says nothing of it. */
	noteDuty(samples: readonly Sample[], now: Date): void {
		const lately = samples.filter(({ t }) => now.getTime() - t < 60_000);
		if (lately.length === 0) return;
		const sum = lately.reduce((total, { dutyCpu }) => total + dutyCpu, 0);
		this.duty = { percent: sum / lately.length, at: now.getTime() };
	}

	/** Takes what the device says every few seconds, new or not. */
	takeOffer(offer: Offer): void {
		if (!isDeepStrictEqual(this.offer, offer)) this.offer = offer;
	}

	/** True when that is new. */
	learn(facts: DeviceFacts): boolean {
		if (isDeepStrictEqual(this.facts, facts)) return false;
		this.facts = facts;
		return true;
	}

	/** A task was leased to the device. */
	assign(taskId: string, needs: Resources): void {
		this.#assigned.set(taskId, { needs, since: performance.now() });
	}

	/** The server has answered that the agent may forget the task. */
	forget(taskId: string): void {
		this.#assigned.delete(taskId);
		this.#ended.set(taskId, performance.now());
	}

	/**
	 * Takes over what was read from the database at `readAt` and answers with those of the tasks that have not ended
	 * since. What was leased since stays assigned; the next list will have it.
	 */
	takeOver<T extends { id: string }>(
		tasks: readonly T[],
		needsOf: (task: T) => Resources,
		readAt: number,
	): T[] {
		const current = tasks.filter(({ id }) => !this.#ended.has(id));
		const leasedSince = [...this.#assigned].filter(
			([, { since }]) => since >= readAt,
		);
		this.#assigned = new Map([
			...current.map(
				(task) => [task.id, { needs: needsOf(task), since: readAt }] as const,
			),
			...leasedSince,
		]);
		for (const [id, endedAt] of this.#ended)
			if (endedAt < readAt) this.#ended.delete(id);
		return current;
	}

	/** Sends the whole list. */
	sendWanted(wanted: Omit<Wanted, "revision">): void {
		this.#revision++;
		this.socket.emit("wanted", { ...wanted, revision: this.#revision });
	}

	/** What is left of the offer after what is assigned. */
	get free(): Resources {
		const { cores = 0, memoryMiB = 0, diskMiB = 0 } = this.offer ?? {};
		const free = { cores, memoryMiB, diskMiB };
		for (const { needs } of this.#assigned.values()) {
			free.cores -= needs.cores;
			free.memoryMiB -= needs.memoryMiB;
			free.diskMiB -= needs.diskMiB;
		}
		return free;
	}
}
