import type { Socket } from "socket.io";
import {
	type AgentToServerEvents,
	type Offer,
	PROTOCOL_VERSION,
	type ServerToAgentEvents,
	type Wanted,
} from "../../agent/protocol.ts";
import type { Resources } from "../scheduler/place-tasks.ts";

export type AgentSocket = Socket<AgentToServerEvents, ServerToAgentEvents>;

/**
 * A device's connection to this process:
 *
 *   challenged ── authenticate ──► welcome ── offer ──► offering
 *       └──────────────┴──────────────┴───────────────────┴──► closed
 *
 * `assigned` is what the last wanted list had on the device, plus what was leased to it since. Nothing here is lost
 * with the process: offers come again every few seconds and assignments are read from the database.
 */
export class AgentSession {
	readonly deviceId: string;
	readonly ownerId: string;
	readonly connectionId: string;
	readonly socket: AgentSocket;
	offer: Offer | undefined;
	/** By task. */
	readonly assigned = new Map<string, Resources>();
	watch: Wanted["watch"] = { samples: false, taskIds: [] };
	#revision = 0;
	/** The work that must not overlap: sending the wanted list, and answering reports, whose order the agent relies on. */
	#queue: Promise<unknown> = Promise.resolve();

	constructor(
		device: { deviceId: string; ownerId: string; connectionId: string },
		socket: AgentSocket,
	) {
		this.deviceId = device.deviceId;
		this.ownerId = device.ownerId;
		this.connectionId = device.connectionId;
		this.socket = socket;
	}

	/** Runs the work after all that was queued before it. */
	inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.#queue.then(work, work);
		this.#queue = turn.catch(() => undefined);
		return turn;
	}

	/** Sends the whole list. */
	sendWanted(wanted: Omit<Wanted, "revision" | "watch">): void {
		this.#revision++;
		this.socket.emit("wanted", {
			...wanted,
			revision: this.#revision,
			watch: this.watch,
		});
	}

	/** What is left of the offer after what is assigned. */
	get free(): Resources {
		const free = {
			cores: 0,
			memoryMiB: 0,
			diskMiB: 0,
			...pickResources(this.offer),
		};
		for (const taken of this.assigned.values()) {
			free.cores -= taken.cores;
			free.memoryMiB -= taken.memoryMiB;
			free.diskMiB -= taken.diskMiB;
		}
		return free;
	}
}

const pickResources = (offer: Offer | undefined): Partial<Resources> =>
	offer
		? { cores: offer.cores, memoryMiB: offer.memoryMiB, diskMiB: offer.diskMiB }
		: {};

export const speaksOurProtocol = (version: number): boolean =>
	version === PROTOCOL_VERSION;
