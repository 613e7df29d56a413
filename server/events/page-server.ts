import { createAdapter } from "@socket.io/postgres-adapter";
import type pg from "pg";
import { Server } from "socket.io";
import type { Logger } from "../logger.ts";
import type { EventConnection } from "./event-connection.ts";
import { PAGE_SOCKET_PATH, type PageServer } from "./page-socket.ts";

/** Pages ask to follow topics and nothing else. */
const MOST_BYTES_OF_A_MESSAGE = 64 * 1024;
const CHANNEL_PREFIX = "lull_pages";

/**
 * Live pages' socket server, apart from the agents': one namespace, whose adapter carries what is said in it to the other
 * server processes by NOTIFY. What is too long for that goes through the table socket_io_attachments, whose rows the
 * adapter deletes after half a minute. Processes without pages have one too, to speak to those of others.
 */
export function createPageServer<Data>(
	connection: EventConnection,
	log: Logger,
): PageServer<Data> {
	return new Server({
		path: PAGE_SOCKET_PATH,
		maxHttpBufferSize: MOST_BYTES_OF_A_MESSAGE,
		serveClient: false,
		destroyUpgrade: false,
		// It takes a pool, and only ever connects to listen and asks.
		adapter: createAdapter(connection as unknown as pg.Pool, {
			channelPrefix: CHANNEL_PREFIX,
			// PostgreSQL's own limit is 7,999 bytes, not the 8,000 that the adapter takes it for.
			payloadThreshold: 7_900,
			errorHandler: (error) =>
				log.warn({ err: error }, "Pages of other processes were not told."),
		}),
	});
}

/** Calls the listener each time that events of other processes may have been missed. */
export const onPageGap = (
	connection: EventConnection,
	listener: () => void,
): void => connection.onListeningAgain(`${CHANNEL_PREFIX}#/`, listener);

/** @param isAttached whether pages could connect to it */
export async function closePageServer<Data>(
	server: PageServer<Data>,
	isAttached: boolean,
): Promise<void> {
	if (isAttached) await server.close();
	else await server.of("/").adapter.close();
}
