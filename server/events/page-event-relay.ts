import { EventEmitter } from "node:events";
import type { Announcements } from "./announcements.ts";
import type { PageEvents, PageTopic } from "./page-events.ts";
import type { PageNamespace } from "./page-socket.ts";

/** Changes of this time are told together, each once. */
const GATHER_MS = 50;
/** A NOTIFY carries less than 8,000 bytes, and socket.io's own frame is a part of it. */
const MOST_CHARACTERS = 7_000;
/** After a gap this process is known to the others again by then. */
const RESYNC_PAUSE_MS = 500;
/** Announced by processes that pages are connected to. */
const HAS_PAGES = "pages";
const STREAMED = /^(device|task|appVersion):/;

/**
 * The page events of one process: to its own pages through the rooms of socket.io's namespace, a room for a topic, and to
 * the pages of other processes through the namespace's adapter, which sends them with PostgreSQL's NOTIFY.
 *
 * - `changed` is gathered and sent as a list of topics; each process then tells those of its pages that follow one.
 * - A stream goes to another process only while somebody there watches, which that process announces.
 * - While the database is away, events between processes are lost, and afterwards pages are told to ask again.
 */
export interface PageEventRelay extends PageEvents {
	/** Calls the listener for each topic that changed, whichever process said so. Returns the function that ends it. */
	onChanged(listener: (topic: PageTopic) => void): () => void;
	/** Tells all pages of this process to ask again about everything, and the listener to look at everything. */
	resync(): void;
	onResync(listener: () => void): void;
	/** Tells what is gathered, to this process's pages at least. */
	stop(): void;
}

/** @param servesPages whether pages may connect to this process */
export function createPageEventRelay<Data>(
	namespace: PageNamespace<Data>,
	announcements: Announcements,
	servesPages: boolean,
): PageEventRelay {
	const heard = new EventEmitter().setMaxListeners(0);
	let gathered = new Set<PageTopic>();
	let timer: NodeJS.Timeout | undefined;
	let resyncTimer: NodeJS.Timeout | undefined;

	const tellHere = (topics: Iterable<PageTopic>) => {
		for (const topic of topics) {
			heard.emit("changed", topic);
			if (namespace.adapter.rooms.has(topic))
				namespace.local
					.to(topic)
					.emit("event", { topic, event: { kind: "changed" } });
		}
	};
	const tellAll = () => {
		clearTimeout(timer);
		timer = undefined;
		const topics = [...gathered];
		gathered = new Set();
		tellHere(topics);
		if (announcements.hasElsewhere(HAS_PAGES))
			for (const part of splitTopics(topics))
				namespace.serverSideEmit("changed", part);
	};
	namespace.on("changed", tellHere);

	if (servesPages) {
		announcements.set(HAS_PAGES, true);
		// A room is there while a socket is in it; a socket's own room is no topic.
		namespace.adapter.on("create-room", (room: string) => {
			if (STREAMED.test(room)) announcements.set(room, true);
		});
		namespace.adapter.on("delete-room", (room: string) => {
			if (STREAMED.test(room)) announcements.set(room, false);
		});
	}
	return {
		publish(topic, event) {
			if (event.kind === "changed") {
				gathered.add(topic);
				timer ??= setTimeout(tellAll, GATHER_MS);
			} else if (announcements.hasElsewhere(topic))
				namespace.to(topic).emit("event", { topic, event });
			else if (namespace.adapter.rooms.has(topic))
				namespace.local.to(topic).emit("event", { topic, event });
		},
		onChanged(listener) {
			heard.on("changed", listener);
			return () => void heard.off("changed", listener);
		},
		resync() {
			clearTimeout(resyncTimer);
			resyncTimer = setTimeout(() => {
				heard.emit("resync");
				namespace.local.emit("resync");
			}, RESYNC_PAUSE_MS);
		},
		onResync: (listener) => void heard.on("resync", listener),
		stop() {
			clearTimeout(resyncTimer);
			tellAll();
		},
	};
}

/** Parts that are short enough to be sent as they are. */
function splitTopics(topics: readonly PageTopic[]): PageTopic[][] {
	const parts: PageTopic[][] = [];
	let characters = MOST_CHARACTERS;
	for (const topic of topics) {
		characters += topic.length + 3;
		if (characters > MOST_CHARACTERS) {
			parts.push([]);
			characters = topic.length + 3;
		}
		parts.at(-1)?.push(topic);
	}
	return parts;
}
