import { EventEmitter } from "node:events";
import type { Clock } from "../clock.ts";
import type { Logger } from "../logger.ts";
import { createRepeatingLoop } from "../loops/repeating-loop.ts";
import type { ProcessChannel } from "./process-channel.ts";

/** Said again so often, so that a process that dies is soon believed no more. */
const SAY_AGAIN_MS = 10_000;
export const BELIEVED_MS = 25_000;
/** One page watches a handful; more than this of others are not kept. */
const MOST_KEPT = 50_000;

/**
 * What holds in a server process right now and others act on: that somebody there watches a stream, that it serves pages,
 * that it has a container engine. Lives in memory only.
 *
 *   unknown ── said ──► announced ── withdrawn, or not said again for BELIEVED_MS ──► unknown
 *
 * A process that comes, or missed notices, asks everybody to say again what holds.
 */
export interface Announcements {
	/** That it holds, or not any more, in this process. */
	set(name: string, holds: boolean): void;
	/** Whether it holds anywhere. */
	has(name: string): boolean;
	/** Whether it holds in another process. */
	hasElsewhere(name: string): boolean;
	/** Called when something begins or ceases to hold anywhere. Returns the function that ends it. */
	onChange(listener: (name: string) => void): () => void;
	start(): void;
	/** Withdraws what this process announced. */
	stop(): Promise<void>;
}

export function createAnnouncements(
	channel: Pick<ProcessChannel, "send" | "on" | "onGap">,
	clock: Clock,
	log: Logger,
): Announcements {
	const changes = new EventEmitter().setMaxListeners(0);
	const here = new Set<string>();
	/** Name → process → until when it is believed, in Unix milliseconds. */
	const elsewhere = new Map<string, Map<string, number>>();
	const has = (name: string) => here.has(name) || elsewhere.has(name);

	/** Changes something and says so if that made a difference. */
	const change = (name: string, make: () => void) => {
		const before = has(name);
		make();
		if (has(name) !== before) changes.emit("change", name);
	};
	const believe = (name: string, from: string) => {
		const sayers = elsewhere.get(name) ?? new Map<string, number>();
		if (sayers.size === 0 && elsewhere.size >= MOST_KEPT) return;
		change(name, () => {
			elsewhere.set(name, sayers);
			sayers.set(from, clock.now().getTime() + BELIEVED_MS);
		});
	};
	const disbelieve = (name: string, from: string) =>
		change(name, () => {
			const sayers = elsewhere.get(name);
			sayers?.delete(from);
			if (sayers?.size === 0) elsewhere.delete(name);
		});
	channel.on("announced", (names, from) => {
		for (const name of names) believe(name, from);
	});
	channel.on("withdrawn", (names, from) => {
		for (const name of names) disbelieve(name, from);
	});
	channel.on("whoAnnounces", () => channel.send("announced", here));
	const introduce = () => {
		channel.send("whoAnnounces", ["all"]);
		channel.send("announced", here);
	};
	channel.onGap(introduce);
	const loop = createRepeatingLoop({
		name: "announce",
		intervalMs: SAY_AGAIN_MS,
		log,
		async run() {
			channel.send("announced", here);
			const now = clock.now().getTime();
			for (const [name, sayers] of elsewhere)
				for (const [from, until] of sayers)
					if (until <= now) disbelieve(name, from);
		},
	});
	return {
		set(name, holds) {
			if (here.has(name) === holds) return;
			change(name, () => {
				if (holds) here.add(name);
				else here.delete(name);
			});
			channel.send(holds ? "announced" : "withdrawn", [name]);
		},
		has,
		hasElsewhere: (name) => elsewhere.has(name),
		onChange(listener) {
			changes.on("change", listener);
			return () => void changes.off("change", listener);
		},
		start() {
			introduce();
			loop.start();
		},
		async stop() {
			await loop.stop();
			channel.send("withdrawn", here);
		},
	};
}
