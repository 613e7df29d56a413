import type { Sample } from "../../agent/core/protocol.ts";

/**
 * What live pages can follow. A `changed` event carries no data: the page asks the same procedure again, so that
 * authorisation lives in one place and a lost event costs nothing but freshness. Only streams carry their own data.
 */
export type PageTopic =
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

/** A part of something that goes on while a page watches; whoever comes later asks for what was before. */
export type PageStream =
	| { kind: "sample"; sample: Sample }
	| { kind: "log"; stream: "stdout" | "stderr"; offset: number; text: string }
	| { kind: "buildOutput"; text: string };

export type PageEvent = { kind: "changed" } | PageStream;

/** Tells live pages, whichever server process they are connected to. What devices should hear is DeviceNotices' matter. */
export interface PageEvents {
	/**
	 * `changed` is gathered for a moment, so that a thousand reports of a batch are one event of it. A stream goes out at once, and nowhere while
	 * nobody watches.
	 */
	publish(topic: PageTopic, event: PageEvent): void;
}
