import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { z } from "zod";
import type { Logger } from "../logger.ts";
import { createRepeatingLoop } from "../loops/repeating-loop.ts";
import type { EventConnection } from "./event-connection.ts";
import { NOTICE_KINDS, type NoticeKind, packNotices } from "./pack-notices.ts";

const CHANNEL = "lull_processes";
const LISTEN_AGAIN_MS = 2_000;
/** What is said in this time is one NOTIFY. */
const GATHER_MS = 50;
/** PostgreSQL takes payloads that are shorter than 8,000 bytes. */
const MOST_BYTES = 7_900;
/** While the database is away no more ids of a kind are kept: what they stand for is looked at again anyway. */
const MOST_WAITING = 100_000;

const OPPOSITES: Partial<Record<NoticeKind, NoticeKind>> = {
	announced: "withdrawn",
	withdrawn: "announced",
};

const messageSchema = z.object({
	from: z.uuid(),
	notices: z.partialRecord(z.enum(NOTICE_KINDS), z.array(z.string())),
});

/**
 * Word from one server process to the others, through PostgreSQL's NOTIFY: names of what has changed, never what it has
 * changed to. Everything that is said is true in the database before, and is looked at again now and then without being
 * said, so that a notice that is lost costs time and nothing else.
 *
 *   deaf ── LISTEN ──► listening ── connection lost ──► deaf ── LISTEN ──► listening, and whoever asked hears of the gap
 *
 * Names of a kind are gathered for GATHER_MS, each once, so that thousands of changes a second are twenty notices. While
 * the database is away they wait.
 */
export interface ProcessChannel {
	/** To all other processes, soon; in a hurry, at once. This process does not hear itself. */
	send(kind: NoticeKind, names: Iterable<string>, hurry?: "hurry"): void;
	/** Returns the function that ends it. `from` is a process. */
	on(
		kind: NoticeKind,
		listener: (names: string[], from: string) => void,
	): () => void;
	/** Called when this process may have missed notices. */
	onGap(listener: () => void): void;
	/** Resolves when it listens, or was tried in vain once: then it is tried again. */
	start(): Promise<void>;
	/** What waits is sent before. */
	stop(): Promise<void>;
}

export function createProcessChannel(
	connection: EventConnection,
	log: Logger,
): ProcessChannel {
	const processId = randomUUID();
	const heard = new EventEmitter().setMaxListeners(0);
	const waiting = new Map<NoticeKind, Set<string>>();
	let listening = false;

	const hear = (payload: string | undefined) => {
		const message = messageSchema.safeParse(parseJson(payload));
		if (!message.success || message.data.from === processId) return;
		const { from, notices } = message.data;
		for (const kind of NOTICE_KINDS)
			if (notices[kind]) heard.emit(kind, notices[kind], from);
	};
	const listen = async () => {
		if (listening) return;
		const client = await connection.connect();
		client.on("notification", ({ channel, payload }) => {
			if (channel === CHANNEL) hear(payload);
		});
		client.on("end", () => {
			listening = false;
			listener.poke();
		});
		await client.query(`LISTEN ${CHANNEL}`);
		listening = true;
	};
	const listener = createRepeatingLoop({
		name: "listen to other processes",
		intervalMs: LISTEN_AGAIN_MS,
		log,
		run: listen,
	});
	/** The newest word counts: what was announced is not withdrawn by what was said before. */
	const keep = (kind: NoticeKind, name: string) => {
		const opposite = OPPOSITES[kind];
		if (opposite) waiting.get(opposite)?.delete(name);
		const names = waiting.get(kind) ?? new Set();
		waiting.set(kind, names);
		if (names.size < MOST_WAITING) names.add(name);
	};
	const sendAll = async (): Promise<void> => {
		const taken = [...waiting].flatMap(([kind, names]) =>
			[...names].map((name): [NoticeKind, string] => [kind, name]),
		);
		waiting.clear();
		try {
			for (const payload of packNotices(processId, taken, MOST_BYTES))
				await connection.query("SELECT pg_notify($1, $2)", [CHANNEL, payload]);
		} catch (error) {
			for (const [kind, name] of taken)
				if (!waiting.get(OPPOSITES[kind] ?? kind)?.has(name)) keep(kind, name);
			throw error;
		}
	};
	let timer: NodeJS.Timeout | undefined;
	let sending: Promise<void> | undefined;
	let stopped = false;
	const begin = async (): Promise<void> => {
		let pauseMs = GATHER_MS;
		try {
			await sendAll();
		} catch (error) {
			pauseMs = LISTEN_AGAIN_MS;
			log.warn({ err: error }, "Other processes could not be told.");
		}
		sending = undefined;
		wake(pauseMs);
	};
	const wake = (pauseMs: number) => {
		if (stopped || sending || waiting.size === 0) return;
		if (pauseMs === 0) clearTimeout(timer);
		else if (timer) return;
		timer = setTimeout(() => {
			timer = undefined;
			sending = begin();
		}, pauseMs);
	};
	return {
		send(kind, names, hurry) {
			for (const name of names) keep(kind, name);
			wake(hurry ? 0 : GATHER_MS);
		},
		on(kind, listener) {
			heard.on(kind, listener);
			return () => void heard.off(kind, listener);
		},
		onGap: (listener) => connection.onListeningAgain(CHANNEL, listener),
		async start() {
			await listen().catch((error: unknown) =>
				log.warn({ err: error }, "Other processes are not heard yet."),
			);
			listener.start();
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await Promise.all([listener.stop(), sending]);
			await sendAll().catch(() => undefined);
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
