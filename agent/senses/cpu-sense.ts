import { readFileSync } from "node:fs";
import os from "node:os";
import type { CpuReading } from "../core/guard/detect-burst.ts";
import { type CgroupSetting, parentCgroup } from "../engine/cgroups.ts";
import { PROC } from "./host-files.ts";
import { KernelCounter } from "./kernel-counter.ts";
import { parseCpuTimes } from "./parse-proc.ts";

const ROOT = "/sys/fs/cgroup";
const JIFFIES_PER_SECOND = 100;

/** CPU seconds since some moment. */
interface CpuCounts {
	atMs: number;
	machine: number;
	ours: number;
	/** This process itself. */
	agent: number;
}

/**
 * The owner's part of the processor at a quick pace: three small files a reading. What our containers use (frozen ones
 * use nothing), and what this agent itself uses, is taken off.
 */
export class CpuSense {
	readonly #cores: number;
	readonly #machine: KernelCounter | undefined;
	readonly #stat = new KernelCounter(`${PROC}/stat`, 512);
	readonly #ours: KernelCounter;
	readonly #version: CgroupSetting["version"];
	readonly #dutyFile: string | undefined;
	#before: CpuCounts | undefined;

	/** @param dutyFile holds the percent that is to be taken for the owner's, in demos and tests */
	constructor(setting: CgroupSetting, cores: number, dutyFile?: string) {
		const parent = parentCgroup(setting) ?? "/lull";
		this.#cores = cores || os.cpus().length;
		this.#version = setting.version;
		this.#dutyFile = dutyFile;
		// Version 1 counts everything that runs in nanoseconds at its root; else there are the kernel's ticks.
		const root = new KernelCounter(`${ROOT}/cpuacct/cpuacct.usage`, 64);
		this.#machine =
			setting.version === "1" && root.read() !== undefined ? root : undefined;
		this.#ours = new KernelCounter(
			setting.version === "1"
				? `${ROOT}/cpuacct/${parent}/cpuacct.usage`
				: `${ROOT}/${parent}/cpu.stat`,
			512,
		);
	}

	/** Whether a reading is exact to the nanosecond and not to the kernel's tick. */
	get exact(): boolean {
		return this.#machine !== undefined || this.#dutyFile !== undefined;
	}

	/** Whether the duty is played and not sensed. */
	get played(): boolean {
		return readPlayedDuty(this.#dutyFile) !== undefined;
	}

	/** What happened since the last call; undefined at the first one and when too little time has passed. */
	read(nowMs = performance.now()): CpuReading | undefined {
		const now = this.#count(nowMs);
		const before = this.#before;
		const spanMs = before ? nowMs - before.atMs : 0;
		if (before && spanMs < 20) return undefined;
		this.#before = now;
		if (!before) return undefined;
		const played = readPlayedDuty(this.#dutyFile);
		return {
			atMs: nowMs,
			spanMs,
			percent: played ?? ownersPercent(before, now, this.#cores),
		};
	}

	/** Begins anew: the next reading is not over the time since the last one. */
	forget(): void {
		this.#before = undefined;
	}

	#count(atMs: number): CpuCounts {
		const { user, system } = process.cpuUsage();
		return {
			atMs,
			machine: this.#machineSeconds(),
			ours: this.#oursSeconds(),
			agent: (user + system) / 1e6,
		};
	}

	#machineSeconds(): number {
		const exact = this.#machine?.read();
		if (exact !== undefined) return Number(exact) / 1e9;
		return (
			parseCpuTimes(this.#stat.read() ?? "").busy / JIFFIES_PER_SECOND || 0
		);
	}

	#oursSeconds(): number {
		const text = this.#ours.read();
		if (text === undefined) return 0;
		if (this.#version === "1") return Number(text) / 1e9;
		return Number(/^usage_usec (\d+)/m.exec(text)?.[1] ?? 0) / 1e6;
	}
}

/** Percent of the whole machine between two counts, without ours and the agent's own. */
export function ownersPercent(
	before: CpuCounts,
	after: CpuCounts,
	cores: number,
): number {
	const seconds = ((after.atMs - before.atMs) / 1000) * cores;
	// Our cgroup begins anew when it is made anew; then nothing is taken off.
	const ours = Math.max(0, after.ours - before.ours);
	const busy = after.machine - before.machine;
	const agent = after.agent - before.agent;
	const percent = (100 * (busy - ours - agent)) / seconds;
	return Math.min(100, Math.max(0, percent));
}

/** The percent that a demo or a test plays as the owner's; undefined when none does. */
export function readPlayedDuty(path: string | undefined): number | undefined {
	if (path === undefined) return undefined;
	try {
		const percent = Number.parseFloat(readFileSync(path, "utf8"));
		return percent >= 0 && percent <= 100 ? percent : undefined;
	} catch {
		return undefined;
	}
}
