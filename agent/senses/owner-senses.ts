import type { MemorySigns } from "../core/guard/choose-give-back.ts";
import type { OwnerSigns } from "../core/guard/judge-owner.ts";
import type { OwnerRules } from "../core/protocol.ts";
import {
	type CgroupSetting,
	cgroupFile,
	parentCgroup,
} from "../engine/cgroups.ts";
import { type Engine, LABEL } from "../engine/engine.ts";
import { parseCgroupBytes, parseDiskStats } from "./disk-sense.ts";
import { PROC, readIfThere } from "./host-files.ts";
import { InputSense } from "./input-sense.ts";
import { senseMetered } from "./network-sense.ts";
import { parseMemory } from "./parse-proc.ts";
import { senseBattery } from "./power-sense.ts";
import { parsePressure, type Stall, stallPercent } from "./pressure.ts";
import { ProgramSense } from "./program-sense.ts";
import { readTemperature } from "./read-temperature.ts";

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

/** The senses that are asked about once a second. Only those that the owner's rules need are asked at all. */
export class OwnerSenses {
	/** What the last look saw. */
	signs: SlowSigns = NOTHING;
	memory: MemorySigns | undefined;
	readonly #engine: Engine;
	readonly #setting: CgroupSetting;
	readonly #input = new InputSense();
	readonly #programs = new ProgramSense();
	#before: IoCounts | undefined;

	constructor(engine: Engine, setting: CgroupSetting) {
		this.#engine = engine;
		this.#setting = setting;
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
	 * What the disks moved without us. Version 1 does not know whose a write was that the kernel put off, so there only
	 * reading counts: else a task's own writes would be taken for the owner's.
	 */
	async #ownersBytes(): Promise<number> {
		const parent = parentCgroup(this.#setting) ?? "/lull";
		const isFirst = this.#setting.version === "1";
		const file = isFirst
			? "blkio.throttle.io_service_bytes_recursive"
			: "io.stat";
		const [disks, ours] = await Promise.all([
			readIfThere(`${PROC}/diskstats`),
			readIfThere(cgroupFile(this.#setting, "blkio", parent, file)),
		]);
		const all = parseDiskStats(disks ?? "");
		const own = parseCgroupBytes(ours ?? "");
		return isFirst
			? all.read - own.read
			: all.read + all.written - own.read - own.written;
	}

	async #findContainer(names: readonly string[]): Promise<string | undefined> {
		if (names.length === 0) return undefined;
		const running = await this.#engine.listContainers();
		const theirs = running
			.filter(({ Labels }) => !Labels[LABEL.role])
			.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, "")));
		return names.find((name) => theirs.includes(name.trim()));
	}
}
