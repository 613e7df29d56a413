import type { IncomingMessage } from "node:http";
import type { Authenticator, CurrentUser } from "../accounts/current-user.ts";
import type { PageEventRelay } from "../events/page-event-relay.ts";
import type { PageTopic } from "../events/page-events.ts";
import type {
	FollowAnswer,
	PageNamespace,
	PageSocket,
} from "../events/page-socket.ts";
import { isSameOrigin } from "../http/is-same-origin.ts";
import type { Services } from "../services.ts";
import { mayFollow, parseTopic } from "./may-follow.ts";

/** One page needs a handful. */
const MOST_TOPICS = 200;
/** A person whom something happens to all the time is looked at no more often than this. */
const RECHECK_PAUSE_MS = 1_000;

export interface PageData {
	user: CurrentUser | null;
}

export interface PortalGateway {
	/** How many pages of this process follow the topic. */
	followers(topic: PageTopic): number;
	/** How many pages are connected to this process. */
	count(): number;
	stop(): void;
}

/**
 * The pages' end of the server: events of what a person may see, asked for topic by topic. A page that follows a topic is
 * in its room; what is told in rooms is the relay's matter.
 *
 * A connection outlives the rights that it began with. When something about its person changes (signed out, suspended,
 * another level), or may have changed unheard, what it follows is checked again; when that cannot be done, it ends.
 */
export function createPortalGateway(
	services: Pick<Services, "db" | "config" | "log">,
	namespace: PageNamespace<PageData>,
	relay: Pick<PageEventRelay, "onChanged" | "onResync">,
	authenticate: Authenticator,
): PortalGateway {
	const { log } = services;
	/** By person, what is to be done when something about them changes. */
	const rechecks = new Map<string, Set<() => void>>();

	const whoListens = async (
		socket: PageSocket<PageData>,
	): Promise<CurrentUser | null> => {
		const request = socket.request as IncomingMessage;
		// A page of another site must not listen with this person's cookie.
		const trusted = isSameOrigin(request, services.config.publicUrl);
		return trusted ? (await authenticate(request)).user : null;
	};
	namespace.use(async (socket, next) => {
		try {
			socket.data.user = await whoListens(socket);
			next();
		} catch (error) {
			next(error instanceof Error ? error : new Error("Not now."));
		}
	});
	namespace.on("connection", (socket) => {
		serve(services, socket);
		const { user } = socket.data;
		if (!user) return;
		const recheck = createRecheck(services, socket, () => whoListens(socket));
		const ofPerson = rechecks.get(user.id) ?? new Set();
		rechecks.set(user.id, ofPerson.add(recheck.soon));
		socket.on("disconnect", () => {
			recheck.stop();
			ofPerson.delete(recheck.soon);
			if (ofPerson.size === 0) rechecks.delete(user.id);
		});
	});
	const stopHearing = relay.onChanged((topic) => {
		if (!topic.startsWith("user:")) return;
		const ofPerson = rechecks.get(topic.slice("user:".length));
		for (const recheck of ofPerson ?? []) recheck();
	});
	relay.onResync(() => {
		log.info("Events may have been missed: pages ask again.");
		for (const ofPerson of rechecks.values())
			for (const recheck of ofPerson) recheck();
	});
	return {
		followers: (topic) => namespace.adapter.rooms.get(topic)?.size ?? 0,
		count: () => namespace.sockets.size,
		stop() {
			stopHearing();
			namespace.local.disconnectSockets(true);
		},
	};
}

/** The topics that a page follows. */
const topicsOf = (socket: PageSocket<PageData>): PageTopic[] =>
	[...socket.rooms].flatMap((room) => parseTopic(room) ?? []);

function serve(
	{ db, log }: Pick<Services, "db" | "log">,
	socket: PageSocket<PageData>,
): void {
	const follow = async (text: unknown): Promise<FollowAnswer> => {
		const topic = parseTopic(text);
		if (!topic) return refuse("invalidInput", "There is no such topic.");
		if (socket.rooms.has(topic)) return { ok: true };
		if (topicsOf(socket).length >= MOST_TOPICS)
			return refuse("tooMany", "Too many topics at once.");
		const { user } = socket.data;
		if (!(await mayFollow(db, user, topic)))
			return refuse("notAllowed", "You may not follow this.");
		// Checked again while we asked: so is this.
		if (socket.data.user !== user) return follow(text);
		if (socket.connected) await socket.join(topic);
		return { ok: true };
	};
	socket.on("follow", async (message, answer) => {
		const respond = typeof answer === "function" ? answer : () => undefined;
		try {
			respond(await follow(message?.topic));
		} catch (error) {
			log.error({ err: error }, "A topic could not be followed.");
			respond(refuse("internal", "Something went wrong on our side."));
		}
	});
	socket.on("unfollow", (message) => {
		const topic = parseTopic(message?.topic);
		if (topic) void socket.leave(topic);
	});
}

const refuse = (
	code: Exclude<FollowAnswer, { ok: true }>["code"],
	message: string,
): FollowAnswer => ({ ok: false, code, message });

/** Checks a page's rights at once when it is asked to, and then no more often than every RECHECK_PAUSE_MS. */
function createRecheck(
	{ db, log }: Pick<Services, "db" | "log">,
	socket: PageSocket<PageData>,
	whoListens: () => Promise<CurrentUser | null>,
): { soon(): void; stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	let earliest = 0;
	const check = async (): Promise<void> => {
		timer = undefined;
		earliest = performance.now() + RECHECK_PAUSE_MS;
		try {
			socket.data.user = await whoListens();
			for (const topic of topicsOf(socket))
				if (!(await mayFollow(db, socket.data.user, topic)))
					await socket.leave(topic);
		} catch (error) {
			log.error({ err: error }, "A page's rights could not be checked.");
			socket.disconnect(true);
		}
	};
	return {
		soon() {
			const pauseMs = Math.max(0, earliest - performance.now());
			timer ??= setTimeout(() => void check(), pauseMs);
		},
		stop: () => clearTimeout(timer),
	};
}
