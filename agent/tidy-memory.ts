import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pause } from "./core/pause.ts";

const EVERY_MS = 20_000;
/** Growth since the last time that is worth the few milliseconds it takes to look for garbage. */
const WORTH_BYTES = 2 * 2 ** 20;

/**
 * Gives memory back to the owner. V8 collects garbage when it needs room; on a device that is not ours, what lies
 * about after a task or an upload should go although there would still be room.
 */
export async function tidyMemory(signal: AbortSignal): Promise<void> {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc") as (options?: {
		type: "major" | "minor";
		flavor?: "last-resort";
	}) => void;
	let tidied = 0;
	while (!signal.aborted) {
		await pause(EVERY_MS, signal);
		if (process.memoryUsage.rss() - tidied < WORTH_BYTES) continue;
		collect({ type: "major", flavor: "last-resort" });
		tidied = process.memoryUsage.rss();
	}
}
