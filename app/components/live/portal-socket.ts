"use client";

import { io, type Socket } from "socket.io-client";
import type { PageEvent, PageTopic } from "@/server/events/page-events";
import {
	type FollowAnswer,
	PAGE_SOCKET_PATH,
} from "@/server/events/page-socket";

export type TopicListener = (event: PageEvent) => void;

/**
 * The page's one connection for live events. It is opened with the first topic that is followed. After every
 * reconnection all topics are followed again and told that they may have changed, since events of the gap are lost.
 */
const topics = new Map<PageTopic, Set<TopicListener>>();
const connectionListeners = new Set<() => void>();
let socket: Socket | undefined;
let everConnected = false;

function openSocket(): Socket {
	if (socket) return socket;
	const opened = io({
		path: PAGE_SOCKET_PATH,
		transports: ["websocket", "polling"],
	});
	opened.on("connect", () => {
		for (const topic of topics.keys()) follow(opened, topic);
		if (everConnected) tellAll();
		everConnected = true;
		for (const listener of connectionListeners) listener();
	});
	opened.on("disconnect", () => {
		for (const listener of connectionListeners) listener();
	});
	opened.on(
		"event",
		({ topic, event }: { topic: PageTopic; event: PageEvent }) =>
			tell(topic, event),
	);
	// The server may have missed events itself.
	opened.on("resync", tellAll);
	socket = opened;
	return opened;
}

function tell(topic: PageTopic, event: PageEvent = { kind: "changed" }): void {
	for (const listener of topics.get(topic) ?? []) listener(event);
}

function tellAll(): void {
	for (const topic of topics.keys()) tell(topic);
}

/** Who may not follow a topic may not see the page's data either, and the query has said so already. */
function follow(on: Socket, topic: PageTopic): void {
	on.emit("follow", { topic }, (_answer: FollowAnswer) => undefined);
}

/** Calls the listener for each event of the topic. Returns the function that ends it. */
export function subscribeToTopic(
	topic: PageTopic,
	listener: TopicListener,
): () => void {
	const on = openSocket();
	const listeners = topics.get(topic) ?? new Set();
	if (listeners.size === 0) {
		topics.set(topic, listeners);
		if (on.connected) follow(on, topic);
	}
	listeners.add(listener);
	return () => {
		if (!listeners.delete(listener) || listeners.size > 0) return;
		topics.delete(topic);
		if (on.connected) on.emit("unfollow", { topic });
	};
}

/** For useSyncExternalStore: whether live events that are wanted do not come at the moment. */
export const portalConnection = {
	subscribe(listener: () => void): () => void {
		connectionListeners.add(listener);
		return () => void connectionListeners.delete(listener);
	},
	isLost: (): boolean => everConnected && socket?.connected === false,
};
