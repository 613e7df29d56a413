import { readFile, statfs } from "node:fs/promises";
import type { Sample } from "../core/protocol.ts";
import { type Counts, splitLoad } from "../core/split-load.ts";
import type { UsageCounters } from "../engine/container-engine.ts";
import { readPlayedDuty } from "./cpu-sense.ts";
import { parseCpuTimes, parseLoad, parseMemory } from "./parse-proc.ts";
import { readTemperature } from "./read-temperature.ts";

/** Looks at the device. Reads files only, so that looking costs next to nothing. */
export class DeviceSampler {
	readonly #folder: string;
	readonly #usage: UsageCounters;
	readonly #labelled: () => readonly string[];
	readonly #dutyFile: string | undefined;
	#before: Counts | undefined;

	/**
	 * @param folder on the disk whose free space counts
	 * @param labelled ids of all running containers with our label on this engine
	 * @param dutyFile holds the percent that is to be taken for the owner's, in demos and tests
	 */
	constructor(
		folder: string,
		usage: UsageCounters,
		labelled: () => readonly string[],
		dutyFile?: string,
	) {
		this.#folder = folder;
		this.#usage = usage;
		this.#labelled = labelled;
		this.#dutyFile = dutyFile;
	}

	/** What happened since the last call; undefined at the first, which only begins to count. */
	async sample(now: Date): Promise<Sample | undefined> {
		const [counts, disk, temperature, loadavg] = await Promise.all([
			this.#count(),
			statfs(this.#folder),
			readTemperature(),
			readFile("/proc/loadavg", "utf8"),
		]);
		const before = this.#before;
		this.#before = counts;
		const played = readPlayedDuty(this.#dutyFile);
		return (
			before && {
				t: now.getTime(),
				...splitLoad(before, counts),
				...(played === undefined ? {} : { dutyCpu: played }),
				diskFreeMiB: Math.floor((disk.bavail * disk.bsize) / 2 ** 20),
				temperature,
				load: parseLoad(loadavg),
			}
		);
	}

	/** The last look's figures for memory, in bytes. */
	get memory(): (Counts["memory"] & { oursBytes: number }) | undefined {
		return (
			this.#before && {
				...this.#before.memory,
				oursBytes: this.#before.oursMemoryBytes,
			}
		);
	}

	async #count(): Promise<Counts> {
		const ids = this.#labelled();
		this.#usage.keepOnly(new Set(ids));
		let oursCpuSeconds = (await this.#usage.totalCpuSeconds()) ?? 0;
		let oursMemoryBytes = (await this.#usage.totalMemoryBytes()) ?? 0;
		for (const id of ids) {
			if (await this.#usage.isInTotal(id)) continue;
			oursCpuSeconds += (await this.#usage.cpuSeconds(id)) ?? 0;
			oursMemoryBytes += (await this.#usage.memoryBytes(id)) ?? 0;
		}
		const [stat, meminfo] = await Promise.all([
			readFile("/proc/stat", "utf8"),
			readFile("/proc/meminfo", "utf8"),
		]);
		return {
			cpu: parseCpuTimes(stat),
			memory: parseMemory(meminfo),
			oursCpuSeconds,
			oursMemoryBytes,
		};
	}
}
