import type { Namespace, Server, Socket } from "socket.io";
import type { PageEvent, PageTopic } from "./page-events.ts";

/** Where pages connect to: not where agents do, who may send far more at a time. */
export const PAGE_SOCKET_PATH = "/portal-events";

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
	event: (message: { topic: PageTopic; event: PageEvent }) => void;
	/** Events may have been missed: ask again about everything that is shown. */
	resync: () => void;
}
/** What one server process tells the pages of the others about. */
export interface ServerToServerEvents {
	changed: (topics: PageTopic[]) => void;
}

/** @template Data what the server keeps of a page */
export type PageServer<Data> = Server<
	PageToServerEvents,
	ServerToPageEvents,
	ServerToServerEvents,
	Data
>;
export type PageNamespace<Data> = Namespace<
	PageToServerEvents,
	ServerToPageEvents,
	ServerToServerEvents,
	Data
>;
export type PageSocket<Data> = Socket<
	PageToServerEvents,
	ServerToPageEvents,
	ServerToServerEvents,
	Data
>;
