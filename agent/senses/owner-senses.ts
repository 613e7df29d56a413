import type { MemorySigns } from "../core/guard/choose-give-back.ts";
import type { OwnerSigns } from "../core/guard/judge-owner.ts";
import type { OwnerRules } from "../core/protocol.ts";
import type { ContainerEngine } from "../engine/container-engine.ts";
import { parseDiskStats } from "./disk-sense.ts";
import { PROC, readIfThere } from "./host-files.ts";
import { InputSense } from "./input-sense.ts";
import { senseMetered } from "./network-sense.ts";
import { parseMemory } from "./parse-proc.ts";
import { senseBattery } from "./power-sense.ts";
import { parsePressure, type Stall, stallPercent } from "./pressure.ts";
import { ProgramSense } from "./program-sense.ts";
import { readTemperature } from "./read-temperature.ts";

type SensedEngine = Pick<ContainerEngine, "usage" | "listOwnersNames">;

/** Everything about the owner but the processor, which has a pace of its own. */
export type SlowSigns = Omit<OwnerSigns, "cpu" | "cpuPercent">;

interface IoCounts {
	atMs: number;
	stall: Stall | undefined;
	memoryStall: Stall | undefined;
	ownersBytes: number;
}

const NOTHING: SlowSigns = {
	temperature: null,
	onBattery: false,
	onMetered: false,
	idleMs: undefined,
	program: undefined,
	container: undefined,
	ioStallPercent: 0,
	ownersIoBytesPerSecond: 0,
};

/**
 * The senses that are asked about once a second. Only those that the owner's rules need are asked at all. Shares of time
 * are differences of two looks: the first look has none and disturbs nobody.
 */
export class OwnerSenses {
	/** What the last look saw. */
	signs: SlowSigns = NOTHING;
	memory: MemorySigns | undefined;
	readonly #engine: SensedEngine;
	readonly #input = new InputSense();
	readonly #programs = new ProgramSense();
	#before: IoCounts | undefined;

	constructor(engine: SensedEngine) {
		this.#engine = engine;
	}

	/** @param nowMs of a clock that never jumps */
	async look(rules: OwnerRules, nowMs: number): Promise<void> {
		const [
			pressure,
			temperature,
			onBattery,
			onMetered,
			idleMs,
			program,
			container,
		] = await Promise.all([
			this.#readPressure(nowMs),
			rules.temperatureLimit === null ? null : readTemperature(),
			rules.onBattery ? false : senseBattery(),
			rules.onMetered ? false : senseMetered(),
			rules.whileInUse ? undefined : this.#input.idleMs(nowMs, Date.now()),
			this.#programs.find(rules.programs, nowMs),
			this.#findContainer(rules.containers),
		]);
		this.signs = {
			...pressure,
			temperature,
			onBattery,
			onMetered,
			idleMs,
			program,
			container,
		};
	}

	async #readPressure(nowMs: number) {
		const [io, memory, meminfo, ownersBytes] = await Promise.all([
			readIfThere(`${PROC}/pressure/io`),
			readIfThere(`${PROC}/pressure/memory`),
			readIfThere(`${PROC}/meminfo`),
			this.#ownersBytes(),
		]);
		const now: IoCounts = {
			atMs: nowMs,
			stall: parsePressure(io),
			memoryStall: parsePressure(memory),
			ownersBytes,
		};
		const before = this.#before;
		this.#before = now;
		const spanMs = before ? nowMs - before.atMs : 0;
		this.memory = {
			...parseMemory(meminfo ?? ""),
			stallPercent: stallPercent(before?.memoryStall, now.memoryStall, spanMs),
		};
		const moved = Math.max(
			0,
			ownersBytes - (before?.ownersBytes ?? ownersBytes),
		);
		return {
			ioStallPercent: stallPercent(before?.stall, now.stall, spanMs),
			ownersIoBytesPerSecond: spanMs > 0 ? (moved * 1000) / spanMs : 0,
		};
	}

	/**
	 * What the disks moved without us. Where it is not known whose a write was that the kernel put off, only reading
	 * counts: else a task's own writes would be taken for the owner's.
	 */
	async #ownersBytes(): Promise<number> {
		const [disks, own] = await Promise.all([
			readIfThere(`${PROC}/diskstats`),
			this.#engine.usage.totalDiskBytes(),
		]);
		const all = parseDiskStats(disks ?? "");
		const read = all.read - own.read;
		return own.written === undefined ? read : read + all.written - own.written;
	}

	async #findContainer(names: readonly string[]): Promise<string | undefined> {
		if (names.length === 0) return undefined;
		const theirs = await this.#engine.listOwnersNames();
		return names.find((name) => theirs.includes(name.trim()));
	}
}
