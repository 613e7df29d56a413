import { EventEmitter } from "node:events";
import type {
	PageEvent,
	PageEvents,
	PageTopic,
} from "../../server/events/page-events.ts";

/** Stands in for the live pages of a server and hears all that they would. */
export interface PageEventRecorder extends PageEvents {
	/** Returns the function that ends it. */
	subscribe(topic: PageTopic, listener: (event: PageEvent) => void): () => void;
	onAny(listener: (topic: PageTopic, event: PageEvent) => void): () => void;
}

export function createPageEventRecorder(): PageEventRecorder {
	const heard = new EventEmitter().setMaxListeners(0);
	const onAny: PageEventRecorder["onAny"] = (listener) => {
		heard.on("event", listener);
		return () => void heard.off("event", listener);
	};
	return {
		publish: (topic, event) => void heard.emit("event", topic, event),
		subscribe: (topic, listener) =>
			onAny((about, event) => {
				if (about === topic) listener(event);
			}),
		onAny,
	};
}
