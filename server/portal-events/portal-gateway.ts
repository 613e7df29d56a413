import type { IncomingMessage } from "node:http";
import type { Namespace, Server, Socket } from "socket.io";
import type { Authenticator, CurrentUser } from "../accounts/current-user.ts";
import type { PortalEvent, PortalTopic } from "../events/portal-event-bus.ts";
import { isSameOrigin } from "../http/is-same-origin.ts";
import type { Services } from "../services.ts";
import { mayFollow, parseTopic } from "./may-follow.ts";

export type FollowAnswer =
	| { ok: true }
	| {
			ok: false;
			code: "invalidInput" | "notAllowed" | "tooMany" | "internal";
			message: string;
	  };

export interface PageToServerEvents {
	follow: (
		message: { topic: string },
		answer: (a: FollowAnswer) => void,
	) => void;
	unfollow: (message: { topic: string }) => void;
}
export interface ServerToPageEvents {
	event: (message: { topic: PortalTopic; event: PortalEvent }) => void;
}
type PageSocket = Socket<
	PageToServerEvents,
	ServerToPageEvents,
	Record<string, never>,
	{ user: CurrentUser | null }
>;

/** One page needs a handful. */
const MOST_TOPICS = 200;

/** The pages' end of the server: events of what a person may see, asked for topic by topic. */
export function createPortalGateway(
	services: Services,
	io: Server,
	authenticate: Authenticator,
): { stop(): void } {
	const namespace: Namespace<
		PageToServerEvents,
		ServerToPageEvents,
		Record<string, never>,
		{ user: CurrentUser | null }
	> = io.of("/portal") as never; // socket.io types a namespace by its server, which has two of ours
	const whoListens = async (
		socket: PageSocket,
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
	namespace.on("connection", (socket) =>
		serve(services, socket, () => whoListens(socket)),
	);
	return { stop: () => void namespace.disconnectSockets(true) };
}

function serve(
	services: Services,
	socket: PageSocket,
	whoListens: () => Promise<CurrentUser | null>,
): void {
	const followed = new Map<PortalTopic, () => void>();
	const unfollow = (topic: PortalTopic) => {
		followed.get(topic)?.();
		followed.delete(topic);
	};
	const stopRechecking = recheckOnChange(services, socket, async () => {
		socket.data.user = await whoListens();
		for (const topic of [...followed.keys()])
			if (!(await mayFollow(services.db, socket.data.user, topic)))
				unfollow(topic);
	});
	socket.on("follow", async (message, answer) => {
		const respond = typeof answer === "function" ? answer : () => undefined;
		const topic = parseTopic(message?.topic);
		if (!topic)
			return respond({
				ok: false,
				code: "invalidInput",
				message: "There is no such topic.",
			});
		if (followed.has(topic)) return respond({ ok: true });
		if (followed.size >= MOST_TOPICS)
			return respond({
				ok: false,
				code: "tooMany",
				message: "Too many topics at once.",
			});
		try {
			if (!(await mayFollow(services.db, socket.data.user, topic)))
				return respond({
					ok: false,
					code: "notAllowed",
					message: "You may not follow this.",
				});
			if (!socket.connected || followed.has(topic))
				return respond({ ok: true });
			followed.set(
				topic,
				services.events.subscribe(topic, (event) =>
					socket.emit("event", { topic, event }),
				),
			);
			respond({ ok: true });
		} catch (error) {
			services.log.error(
				{ err: error, topic },
				"A topic could not be followed.",
			);
			respond({
				ok: false,
				code: "internal",
				message: "Something went wrong on our side.",
			});
		}
	});
	socket.on("unfollow", (message) => {
		const topic = parseTopic(message?.topic);
		if (topic) unfollow(topic);
	});
	socket.on("disconnect", () => {
		stopRechecking();
		for (const stop of followed.values()) stop();
		followed.clear();
	});
}

/**
 * A connection outlives the rights that it began with. When something about its person changes (signed out, suspended,
 * another level), what it follows is checked again; when that cannot be done, it ends.
 */
function recheckOnChange(
	{ events, log }: Services,
	socket: PageSocket,
	recheck: () => Promise<void>,
): () => void {
	const { user } = socket.data;
	if (!user) return () => undefined;
	return events.subscribe(`user:${user.id}`, () => {
		recheck().catch((error: unknown) => {
			log.error({ err: error }, "A page's rights could not be checked.");
			socket.disconnect(true);
		});
	});
}
