import { io, type Socket } from "socket.io-client";
import {
	sessionCookieName,
	writeSessionCookie,
} from "../../server/accounts/sessions/session-cookie.ts";
import { createSession } from "../../server/accounts/sessions/session-store.ts";
import type { PageEvent, PageTopic } from "../../server/events/page-events.ts";
import {
	type FollowAnswer,
	PAGE_SOCKET_PATH,
} from "../../server/events/page-socket.ts";
import type { RunningServer } from "../../server/start-server.ts";

/** The live connection of a page in the browser of a person who is signed in, with all that it heard. */
export interface LivePage {
	sessionId: string;
	socket: Socket;
	heard: { topic: PageTopic; event: PageEvent }[];
	follow(topic: string): Promise<FollowAnswer>;
	close(): void;
}

/** @param origin the site that the page is of */
export async function openLivePage(
	{ services, url }: Pick<RunningServer, "services" | "url">,
	userId: string,
	origin = url,
): Promise<LivePage> {
	const { db, config, secrets } = services;
	const sessionId = await createSession(
		db,
		userId,
		{ address: "192.0.2.1", browser: "a test" },
		new Date(),
	);
	const cookie = await writeSessionCookie(sessionId, secrets.authSecret, 600);
	const socket = io(url, {
		path: PAGE_SOCKET_PATH,
		transports: ["websocket"],
		forceNew: true,
		extraHeaders: {
			cookie: `${sessionCookieName(config.publicUrl)}=${cookie}`,
			origin,
		},
	});
	const heard: LivePage["heard"] = [];
	socket.on("event", (message) => heard.push(message));
	await new Promise<void>((resolve, reject) => {
		socket.on("connect", resolve);
		socket.on("connect_error", reject);
	});
	return {
		sessionId,
		socket,
		heard,
		follow: (topic) => socket.timeout(5000).emitWithAck("follow", { topic }),
		close: () => socket.disconnect(),
	};
}
