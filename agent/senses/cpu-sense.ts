import { readFileSync } from "node:fs";
import os from "node:os";
import type { CpuReading } from "../core/guard/detect-burst.ts";
import type { UsageCounters } from "../engine/container-engine.ts";
import { KernelCounter } from "../engine/kernel-counter.ts";
import { PROC } from "./host-files.ts";
import { parseCpuTimes } from "./parse-proc.ts";

const JIFFIES_PER_SECOND = 100;

type QuickCounters = Pick<
	UsageCounters,
	"totalCpuSecondsNow" | "machineCpuSecondsNow"
>;

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
	readonly #stat = new KernelCounter(`${PROC}/stat`, 512);
	readonly #usage: QuickCounters;
	readonly #isExact: boolean;
	readonly #dutyFile: string | undefined;
	#before: CpuCounts | undefined;

	/** @param dutyFile holds the percent that is to be taken for the owner's, in demos and tests */
	constructor(usage: QuickCounters, cores: number, dutyFile?: string) {
		this.#usage = usage;
		this.#isExact = usage.machineCpuSecondsNow() !== undefined;
		this.#cores = cores || os.cpus().length;
		this.#dutyFile = dutyFile;
	}

	/** Whether a reading is exact to the nanosecond and not to the kernel's tick. */
	get exact(): boolean {
		return this.#isExact || this.#dutyFile !== undefined;
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
			ours: this.#usage.totalCpuSecondsNow(),
			agent: (user + system) / 1e6,
		};
	}

	#machineSeconds(): number {
		return (
			this.#usage.machineCpuSecondsNow() ??
			parseCpuTimes(this.#stat.read() ?? "").busy / JIFFIES_PER_SECOND
		);
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
