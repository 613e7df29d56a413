import type { Sample } from "./protocol.ts";

/** Jiffies of the whole machine since it started. */
export interface CpuTimes {
	busy: number;
	total: number;
}

/** What the kernel has counted at one moment. */
export interface Counts {
	cpu: CpuTimes;
	/** CPU seconds of everything with our label, whoever's agent started it. */
	oursCpuSeconds: number;
	oursMemoryBytes: number;
	memory: { totalBytes: number; availableBytes: number };
}

/** /proc/stat counts in hundredths of a second on every Linux we run on. */
const JIFFIES_PER_SECOND = 100;

/**
 * The duty between two counts: what the machine did without us.
 * @returns percent of the whole machine
 */
export function splitLoad(
	before: Counts,
	after: Counts,
): Pick<Sample, "dutyCpu" | "oursCpu" | "dutyMemory" | "oursMemory"> {
	const total = after.cpu.total - before.cpu.total;
	const busy = after.cpu.busy - before.cpu.busy;
	const ours =
		Math.max(0, after.oursCpuSeconds - before.oursCpuSeconds) *
		JIFFIES_PER_SECOND;
	const { totalBytes, availableBytes } = after.memory;
	const oursMemory = percent(after.oursMemoryBytes, totalBytes);
	return {
		dutyCpu: percent(busy - ours, total),
		oursCpu: percent(Math.min(ours, busy), total),
		dutyMemory: percent(
			totalBytes - availableBytes - after.oursMemoryBytes,
			totalBytes,
		),
		oursMemory,
	};
}

const percent = (part: number, whole: number) =>
	whole > 0
		? Math.round(Math.min(100, Math.max(0, (100 * part) / whole)) * 100) / 100
		: 0;
