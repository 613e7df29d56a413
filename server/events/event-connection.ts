import { EventEmitter } from "node:events";
import pg from "pg";
import type { Logger } from "../logger.ts";

/** A query that gets no answer for so long is taken for a connection that is dead, whatever the kernel still thinks. */
const QUERY_TIMEOUT_MS = 10_000;

/** One life of the connection, as LISTEN needs it: what was listened to is forgotten with it. */
export interface EventClient {
	query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
	on(
		event: "notification",
		listener: (notification: { channel: string; payload?: string }) => void,
	): unknown;
	/** Once, when the connection is lost. */
	on(event: "end", listener: () => void): unknown;
	/** The client is not needed any more. */
	release(): void;
}

/**
 * The one connection on which this process tells others what happened and hears them, beside the pool: neither waits for
 * a query of a page or a report, and no NOTIFY is ever a part of somebody's transaction. What is sent arrives in the order
 * in which it was sent.
 *
 *   none ── connect ──► connected ── lost, or silent for QUERY_TIMEOUT_MS ──► none
 *
 * Who listens connects again by itself when it hears `end`; what was said in between was not heard, and onListeningAgain
 * says so, channel by channel.
 */
export interface EventConnection {
	/** The connection that there is, or a new one. @throws when the database is away */
	connect(): Promise<EventClient>;
	query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
	/** Calls the listener each time that the channel is listened to again after a loss. */
	onListeningAgain(channel: string, listener: () => void): void;
	/** Ends it for good; later queries fail. */
	close(): Promise<void>;
}

export function createEventConnection(
	url: string,
	log: Logger,
): EventConnection {
	const again = new EventEmitter();
	/** Channels that were listened to before. */
	const heard = new Set<string>();
	let current: Promise<pg.Client> | undefined;
	let closed = false;

	const open = async (lose: () => void): Promise<pg.Client> => {
		const client = new pg.Client({
			connectionString: url,
			application_name: "lull events",
			keepAlive: true,
			connectionTimeoutMillis: 10_000,
			query_timeout: QUERY_TIMEOUT_MS,
		});
		client.setMaxListeners(0);
		client.on("end", lose);
		client.on("error", (error) => {
			if (!closed) log.warn({ err: error }, "The events' connection was lost.");
			lose();
		});
		await client.connect();
		return client;
	};
	const find = (): Promise<pg.Client> => {
		// Whoever tries again and again is left waiting instead.
		if (closed) return new Promise(() => {});
		if (current) return current;
		const lose = () => {
			if (current === opening) current = undefined;
		};
		const opening = open(lose);
		opening.catch(lose);
		current = opening;
		return opening;
	};
	const ask = async (
		client: pg.Client,
		text: string,
		values?: unknown[],
	): Promise<pg.QueryResult> => {
		try {
			return await client.query(text, values);
		} catch (error) {
			// The next query opens a new connection.
			if (/timeout/i.test((error as Error).message))
				void client.end().catch(() => undefined);
			throw error;
		}
	};
	return {
		async connect() {
			const client = await find();
			const life = new EventEmitter();
			const pass = (notification: pg.Notification) =>
				life.emit("notification", notification);
			const end = () => closed || life.emit("end");
			client.on("notification", pass);
			client.once("end", end);
			return Object.assign(life, {
				async query(text: string, values?: unknown[]) {
					const answer = await ask(client, text, values);
					const channel = /^LISTEN "?([^"]+)"?$/.exec(text)?.[1];
					if (channel === undefined) return answer;
					if (heard.has(channel)) again.emit(channel);
					heard.add(channel);
					return answer;
				},
				release() {
					client.off("notification", pass);
					client.off("end", end);
				},
			});
		},
		query: async (text, values) => ask(await find(), text, values),
		onListeningAgain: (channel, listener) => void again.on(channel, listener),
		async close() {
			closed = true;
			const client = await current?.catch(() => undefined);
			await client?.end().catch(() => undefined);
		},
	};
}
