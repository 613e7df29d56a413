import { EventEmitter } from "node:events";
import type { Sample } from "../../agent/core/protocol.ts";

/**
 * What live pages can follow. A `changed` event carries no data: the page asks the same procedure again, so that
 * authorisation lives in one place and a lost event costs nothing but freshness. Only streams carry their own data.
 */
export type PortalTopic =
	| "overview"
	| `device:${string}`
	| `devicesOf:${string}` // an owner's list
	| `forecast:${string}` // a device's
	| `project:${string}`
	| `appVersion:${string}`
	| `batch:${string}`
	| `workUnit:${string}`
	| `task:${string}`
	| `user:${string}`
	| "moderation";

export type PortalEvent =
	/** Urgent: its device must hear of it at once. */
	| { kind: "changed"; urgent?: true }
	| { kind: "sample"; sample: Sample }
	| { kind: "log"; stream: "stdout" | "stderr"; offset: number; text: string }
	| { kind: "buildOutput"; text: string };

export interface PortalEventBus {
	publish(topic: PortalTopic, event: PortalEvent): void;
	/** Returns the function that ends the subscription. */
	subscribe(
		topic: PortalTopic,
		listener: (event: PortalEvent) => void,
	): () => void;
	/** Hears everything: for the parts of the server that act on a change, whoever made it. */
	onAny(listener: (topic: PortalTopic, event: PortalEvent) => void): () => void;
	/** How many listen to the topic: streams are only asked for while somebody looks. */
	listeners(topic: PortalTopic): number;
	/** Called when the first listener of any topic comes or the last one goes. */
	onInterest(
		listener: (topic: PortalTopic, interested: boolean) => void,
	): () => void;
}

/** A bus inside this process. Several portal processes share events through socket.io's adapter. */
export function createPortalEventBus(): PortalEventBus {
	const topics = new EventEmitter().setMaxListeners(0);
	const interest = new EventEmitter().setMaxListeners(0);
	const all = new EventEmitter().setMaxListeners(0);
	return {
		publish(topic, event) {
			topics.emit(topic, event);
			all.emit("event", topic, event);
		},
		subscribe(topic, listener) {
			topics.on(topic, listener);
			if (topics.listenerCount(topic) === 1)
				interest.emit("interest", topic, true);
			return () => {
				topics.off(topic, listener);
				if (topics.listenerCount(topic) === 0)
					interest.emit("interest", topic, false);
			};
		},
		onAny(listener) {
			all.on("event", listener);
			return () => void all.off("event", listener);
		},
		listeners: (topic) => topics.listenerCount(topic),
		onInterest(listener) {
			interest.on("interest", listener);
			return () => void interest.off("interest", listener);
		},
	};
}
