import { EventEmitter } from "node:events";
import type { ProcessChannel } from "./process-channel.ts";

/**
 * Loops that others have news for. Work units to review are any one process's: if this one reviews, nobody else need
 * know. The others concern every process that has such a loop.
 */
const LOOPS = ["reviews", "placement", "builds", "newestModel"] as const;
export type WakeableLoop = (typeof LOOPS)[number];
const ONE_IS_ENOUGH: readonly WakeableLoop[] = ["reviews"];

/**
 * Wakes loops in whichever processes run them, since what they would find at their next look is there now. A wake that is
 * lost costs time, no more.
 */
export interface LoopWakes {
	wake(loop: WakeableLoop): void;
	/** Returns the function that ends it. */
	onWake(loop: WakeableLoop, listener: () => void): () => void;
}

export function createLoopWakes(
	channel: Pick<ProcessChannel, "send" | "on">,
): LoopWakes {
	const here = new EventEmitter().setMaxListeners(0);
	channel.on("wakes", (names) => {
		for (const loop of LOOPS) if (names.includes(loop)) here.emit(loop);
	});
	return {
		wake(loop) {
			const isHere = here.emit(loop);
			if (!(isHere && ONE_IS_ENOUGH.includes(loop)))
				channel.send("wakes", [loop]);
		},
		onWake(loop, listener) {
			here.on(loop, listener);
			return () => void here.off(loop, listener);
		},
	};
}
