import { readFile } from "node:fs/promises";
import {
	type CgroupSetting,
	cgroupFile,
	deviceFolder,
	parentCgroup,
} from "./cgroup-paths.ts";
import type { UsageCounters } from "./container-engine.ts";
import { KernelCounter } from "./kernel-counter.ts";

/**
 * Where the kernel counts for everything of ours, and for single containers. Reads files, nothing else. A counter
 * begins anew when its cgroup is made anew: whoever takes a difference takes none below zero.
 */
export class CgroupCounters implements UsageCounters {
	readonly setting: CgroupSetting;
	readonly #deviceFolder: string | undefined;
	readonly #folders = new Map<string, string>();
	readonly #total: KernelCounter;
	readonly #machine: KernelCounter | undefined;

	constructor(setting: CgroupSetting, deviceId: string) {
		this.setting = setting;
		this.#deviceFolder = deviceFolder(setting, deviceId);
		this.#total = new KernelCounter(
			this.#cpuFile(parentCgroup(setting) ?? "/lull"),
			512,
		);
		// Version 1 counts everything that runs in nanoseconds at its root; version 2 only in the kernel's ticks.
		const root = new KernelCounter(this.#cpuFile("/"), 64);
		this.#machine =
			this.#isFirst && root.read() !== undefined ? root : undefined;
	}

	/** The cgroup of one running container, as a folder below a controller's root; undefined when it is not found. */
	async folderOf(id: string): Promise<string | undefined> {
		return this.#find(id);
	}

	async totalCpuSeconds(): Promise<number | undefined> {
		const parent = parentCgroup(this.setting);
		return parent ? this.#cpuSeconds(parent) : undefined;
	}

	async totalMemoryBytes(): Promise<number | undefined> {
		const parent = parentCgroup(this.setting);
		return parent ? this.#memoryBytes(parent) : undefined;
	}

	async totalDiskBytes(): Promise<{
		read: number;
		written: number | undefined;
	}> {
		const parent = parentCgroup(this.setting) ?? "/lull";
		const file = this.#isFirst
			? "blkio.throttle.io_service_bytes_recursive"
			: "io.stat";
		const text = await readText(
			cgroupFile(this.setting, "blkio", parent, file),
		);
		const { read, written } = parseCgroupBytes(text ?? "");
		// Version 1 does not know whose a write was that the kernel put off.
		return { read, written: this.#isFirst ? undefined : written };
	}

	async cpuSeconds(id: string): Promise<number | undefined> {
		const folder = await this.#find(id);
		return folder ? this.#cpuSeconds(folder) : undefined;
	}

	async memoryBytes(id: string): Promise<number | undefined> {
		const folder = await this.#find(id);
		return folder ? this.#memoryBytes(folder) : undefined;
	}

	async isInTotal(id: string): Promise<boolean> {
		const parent = parentCgroup(this.setting);
		const folder = await this.#find(id);
		return Boolean(parent && folder?.startsWith(`${parent}/`));
	}

	keepOnly(ids: ReadonlySet<string>): void {
		for (const id of this.#folders.keys())
			if (!ids.has(id)) this.#folders.delete(id);
	}

	totalCpuSecondsNow(): number {
		return parseCpuSeconds(this.#total.read(), this.setting) ?? 0;
	}

	machineCpuSecondsNow(): number | undefined {
		return parseCpuSeconds(this.#machine?.read(), this.setting);
	}

	get #isFirst(): boolean {
		return this.setting.version === "1";
	}

	async #find(id: string): Promise<string | undefined> {
		const known = this.#folders.get(id);
		if (known) return known;
		const systemd = this.setting.driver === "systemd";
		const name = systemd ? `docker-${id}.scope` : id;
		const usual = systemd ? ["system.slice", "docker"] : ["/docker"];
		const ours = parentCgroup(this.setting);
		for (const parent of [this.#deviceFolder, ours, ...usual]) {
			const folder = parent && `${parent}/${name}`;
			if (!folder || (await this.#cpuSeconds(folder)) === undefined) continue;
			this.#folders.set(id, folder);
			return folder;
		}
		return undefined;
	}

	#cpuFile(folder: string): string {
		const file = this.#isFirst ? "cpuacct.usage" : "cpu.stat";
		return cgroupFile(this.setting, "cpuacct", folder, file);
	}

	async #cpuSeconds(folder: string): Promise<number | undefined> {
		return parseCpuSeconds(await readText(this.#cpuFile(folder)), this.setting);
	}

	/** Without the page cache that the kernel would give back at once, as `docker stats` counts. */
	async #memoryBytes(folder: string): Promise<number | undefined> {
		const [usageFile, cacheLine] = this.#isFirst
			? ["memory.usage_in_bytes", /^total_inactive_file (\d+)/m]
			: ["memory.current", /^inactive_file (\d+)/m];
		const read = (file: string) =>
			readText(cgroupFile(this.setting, "memory", folder, file));
		const usage = await read(usageFile as string);
		if (usage === undefined) return undefined;
		const stat = await read("memory.stat");
		const cache = Number((cacheLine as RegExp).exec(stat ?? "")?.[1] ?? 0);
		return Math.max(0, Number(usage) - cache);
	}
}

/** cpuacct.usage of version 1 is nanoseconds, cpu.stat of version 2 lines with microseconds. */
function parseCpuSeconds(
	text: string | undefined,
	{ version }: CgroupSetting,
): number | undefined {
	if (text === undefined) return undefined;
	if (version === "1") return Number(text) / 1e9;
	const microseconds = /^usage_usec (\d+)/m.exec(text)?.[1];
	return microseconds === undefined ? undefined : Number(microseconds) / 1e6;
}

/** What a cgroup counts: blkio.throttle.io_service_bytes_recursive of version 1, io.stat of version 2. */
export function parseCgroupBytes(text: string): {
	read: number;
	written: number;
} {
	const add = (pattern: RegExp) =>
		[...text.matchAll(pattern)].reduce((sum, [, n]) => sum + Number(n), 0);
	return {
		read: add(/\bRead (\d+)$/gm) + add(/\brbytes=(\d+)/g),
		written: add(/\bWrite (\d+)$/gm) + add(/\bwbytes=(\d+)/g),
	};
}

async function readText(path: string): Promise<string | undefined> {
	return readFile(path, "utf8").catch(() => undefined);
}
