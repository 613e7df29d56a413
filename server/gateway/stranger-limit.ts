import type { Server } from "socket.io";
import type { AgentSocket } from "./agent-session.ts";

/** What a connection may send before it has said who it is: a signature over a challenge is less than 1 KiB. */
const STRANGER_BYTES = 64 * 1024;

type Connection = AgentSocket["conn"];

/**
 * Devices may send messages of many MiB, strangers must not be able to make the server gather as much. The engine knows
 * one limit for all, before anybody has said who they are, so strangers are counted here, below it: a WebSocket by the
 * bytes of its own TCP connection, which is ended when there are too many; a polling one by its transport's own limit.
 *
 *   stranger ── more than STRANGER_BYTES ──► ended
 *       └────── trusted ──► as much as the engine allows
 *
 * Upgrades from polling to WebSocket are off where this is used: nobody needs them, since agents begin with a WebSocket.
 */
export interface StrangerLimit {
	/** Begins to count; call it when the server is attached, before it listens. */
	watch(io: Server): void;
	/** The connection has said who it is. */
	trust(socket: AgentSocket): void;
}

export function createStrangerLimit(): StrangerLimit {
	const releases = new WeakMap<Connection, () => void>();
	return {
		watch(io) {
			io.engine.on("connection", (connection: Connection) =>
				releases.set(
					connection,
					connection.transport.name === "websocket"
						? limitSocket(connection)
						: limitPolling(connection),
				),
			);
		},
		trust({ conn }) {
			releases.get(conn)?.();
			releases.delete(conn);
		},
	};
}

function limitSocket({ request }: Connection): () => void {
	const { socket } = request;
	let bytes = 0;
	const count = (chunk: Buffer) => {
		bytes += chunk.length;
		if (bytes > STRANGER_BYTES) socket.destroy();
	};
	socket.on("data", count);
	return () => void socket.off("data", count);
}

function limitPolling({ transport }: Connection): () => void {
	// The engine's polling transport has it, its common type does not say so.
	const polling = transport as unknown as { maxHttpBufferSize: number };
	const usual = polling.maxHttpBufferSize;
	polling.maxHttpBufferSize = STRANGER_BYTES;
	return () => {
		polling.maxHttpBufferSize = usual;
	};
}
