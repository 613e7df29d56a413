import type { CpuTimes } from "../core/split-load.ts";

/** The first line of /proc/stat. Waiting for the disk is not work; guests are counted in user already. */
export function parseCpuTimes(stat: string): CpuTimes {
	const fields = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? "").split(" ").map(Number);
	const counted = fields.slice(0, 8);
	const total = counted.reduce((sum, value) => sum + value, 0);
	const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
	return { busy: total - idle, total };
}

/** Bytes of memory in all and what programs could still get. */
export function parseMemory(meminfo: string): {
	totalBytes: number;
	availableBytes: number;
} {
	const kib = (name: string) =>
		Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(meminfo)?.[1] ?? 0);
	const available = /^MemAvailable:/m.test(meminfo)
		? kib("MemAvailable")
		: kib("MemFree") + kib("Cached");
	return {
		totalBytes: kib("MemTotal") * 1024,
		availableBytes: available * 1024,
	};
}

/** One-minute load average. */
export function parseLoad(loadavg: string): number {
	return Number(loadavg.split(" ")[0]) || 0;
}
