import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** How the engine keeps its containers apart; from its own answer to /info. */
export interface CgroupSetting {
	version: "1" | "2";
	driver: "cgroupfs" | "systemd" | "none";
}

const ROOT = "/sys/fs/cgroup";

/** The cgroup in which everything of ours runs, whichever agent started it. */
export const parentCgroup = (setting: CgroupSetting): string | undefined =>
	({ cgroupfs: "/lull", systemd: "lull.slice", none: undefined })[
		setting.driver
	];

/**
 * The cgroup of one device below that of everything of ours: several agents may share an engine. With systemd a
 * hyphen is what makes one slice part of another, so the id goes without.
 */
export const deviceCgroup = (
	setting: CgroupSetting,
	deviceId: string,
): string | undefined =>
	({
		cgroupfs: `/lull/${deviceId}`,
		systemd: `lull-${deviceId.replaceAll("-", "")}.slice`,
		none: undefined,
	})[setting.driver];

/** The same as a folder below a controller's root. */
const deviceFolder = (setting: CgroupSetting, deviceId: string) =>
	setting.driver === "systemd"
		? `lull.slice/${deviceCgroup(setting, deviceId)}`
		: deviceCgroup(setting, deviceId);

/** The path of a file in a cgroup, for either version. */
export const cgroupFile = (
	{ version }: CgroupSetting,
	controller: string,
	folder: string,
	file: string,
): string =>
	version === "1"
		? join(ROOT, controller, folder, file)
		: join(ROOT, folder, file);

/**
 * Gives the cgroup of everything of ours the lowest weights, and makes it idle where the kernel can (5.15 and later):
 * then any program of the owner that wakes takes the processor from ours at once instead of waiting for its turn. A
 * container's own weight only counts among its siblings; against the owner's programs it is this cgroup that the
 * kernel looks at. Answers whether it could: without root, or in a container without /sys/fs/cgroup writable, the
 * engine's defaults stay and the weights of the single containers are all there is.
 */
export async function lowerParentCgroup(
	setting: CgroupSetting,
): Promise<boolean> {
	const parent = parentCgroup(setting);
	if (!parent) return false;
	const settings =
		setting.version === "2"
			? [
					["", "cpu.weight", "1"],
					["", "io.weight", "default 1"],
				]
			: [
					["cpu", "cpu.shares", "2"],
					["blkio", "blkio.bfq.weight", "1"],
				];
	const done = await Promise.all(
		settings.map(async ([controller = "", file = "", value = ""]) => {
			const folder = join(ROOT, controller, parent);
			if (setting.driver === "cgroupfs")
				await mkdir(folder, { recursive: true }).catch(() => {});
			return writeValue(join(folder, file), value);
		}),
	);
	// After the weight, which an idle cgroup does not take any more.
	const idle = await writeValue(
		cgroupFile(setting, "cpu", parent, "cpu.idle"),
		"1",
	);
	// The I/O weight is missing on many kernels; the CPU's counts.
	return idle || (done[0] ?? false);
}

/**
 * Holds everything of one device together to so much memory, so that the owner's part stays free whatever single
 * containers are allowed. False where that cannot be set (yet).
 */
export async function limitDeviceMemory(
	setting: CgroupSetting,
	deviceId: string,
	bytes: number,
): Promise<boolean> {
	const folder = deviceFolder(setting, deviceId);
	if (!folder) return false;
	const file = setting.version === "1" ? "memory.limit_in_bytes" : "memory.max";
	const path = cgroupFile(setting, "memory", folder, file);
	if (setting.driver === "cgroupfs" && setting.version === "1")
		await mkdir(dirname(path), { recursive: true }).catch(() => {});
	return writeValue(path, String(Math.floor(bytes)));
}

/** Removes the cgroup of a device that has left; while anything is in it, it stays. */
export async function removeDeviceCgroup(
	setting: CgroupSetting,
	deviceId: string,
): Promise<void> {
	const folder = deviceFolder(setting, deviceId);
	if (!folder || setting.driver !== "cgroupfs") return;
	const controllers =
		setting.version === "1" ? await readdir(ROOT).catch(() => []) : [""];
	for (const controller of controllers)
		await rmdir(join(ROOT, controller, folder)).catch(() => {});
}

const writeValue = (path: string, value: string): Promise<boolean> =>
	writeFile(path, value).then(
		() => true,
		() => false,
	);

/** Where the kernel counts for everything of ours, and for single containers. Reads files, nothing else. */
export class CgroupReader {
	readonly setting: CgroupSetting;
	readonly #deviceFolder: string | undefined;
	readonly #folders = new Map<string, string>();

	constructor(setting: CgroupSetting, deviceId: string) {
		this.setting = setting;
		this.#deviceFolder = deviceFolder(setting, deviceId);
	}

	/** The cgroup of one running container, as a folder below a controller's root; undefined when it is not found. */
	async folderOf(id: string): Promise<string | undefined> {
		return this.#find(id);
	}

	/** CPU seconds of all containers below our cgroup since it was made, those that have ended included. */
	async parentCpuSeconds(): Promise<number | undefined> {
		const parent = parentCgroup(this.setting);
		return parent ? this.#cpuSeconds(parent) : undefined;
	}

	async parentMemoryBytes(): Promise<number | undefined> {
		const parent = parentCgroup(this.setting);
		return parent ? this.#memoryBytes(parent) : undefined;
	}

	/** CPU seconds of one running container; undefined when it cannot be found. */
	async containerCpuSeconds(id: string): Promise<number | undefined> {
		const folder = await this.#find(id);
		return folder ? this.#cpuSeconds(folder) : undefined;
	}

	async containerMemoryBytes(id: string): Promise<number | undefined> {
		const folder = await this.#find(id);
		return folder ? this.#memoryBytes(folder) : undefined;
	}

	/** Whether the figures of our cgroup hold this container's already. */
	async isBelowParent(id: string): Promise<boolean> {
		const parent = parentCgroup(this.setting);
		const folder = await this.#find(id);
		return Boolean(parent && folder?.startsWith(`${parent}/`));
	}

	/** Forgets where containers that are gone had been. */
	keepOnly(ids: ReadonlySet<string>): void {
		for (const id of this.#folders.keys())
			if (!ids.has(id)) this.#folders.delete(id);
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

	async #cpuSeconds(folder: string): Promise<number | undefined> {
		if (this.setting.version === "1") {
			const nanoseconds = await readText(
				join(ROOT, "cpuacct", folder, "cpuacct.usage"),
			);
			return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9;
		}
		const stat = await readText(join(ROOT, folder, "cpu.stat"));
		const microseconds = /^usage_usec (\d+)/m.exec(stat ?? "")?.[1];
		return microseconds === undefined ? undefined : Number(microseconds) / 1e6;
	}

	/** Without the page cache that the kernel would give back at once, as `docker stats` counts. */
	async #memoryBytes(folder: string): Promise<number | undefined> {
		const [usageFile, cacheLine, base] =
			this.setting.version === "1"
				? [
						"memory.usage_in_bytes",
						/^total_inactive_file (\d+)/m,
						join(ROOT, "memory", folder),
					]
				: ["memory.current", /^inactive_file (\d+)/m, join(ROOT, folder)];
		const usage = await readText(join(base, usageFile as string));
		if (usage === undefined) return undefined;
		const stat = await readText(join(base, "memory.stat"));
		const cache = Number((cacheLine as RegExp).exec(stat ?? "")?.[1] ?? 0);
		return Math.max(0, Number(usage) - cache);
	}
}

async function readText(path: string): Promise<string | undefined> {
	return readFile(path, "utf8").catch(() => undefined);
}
