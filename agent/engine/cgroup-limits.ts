import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
	CGROUP_ROOT,
	type CgroupSetting,
	cgroupFile,
	deviceFolder,
	parentCgroup,
} from "./cgroup-paths.ts";

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
			const path = cgroupFile(setting, controller, parent, file);
			if (setting.driver === "cgroupfs")
				await mkdir(dirname(path), { recursive: true }).catch(() => {});
			return writeValue(path, value);
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
		setting.version === "1" ? await readdir(CGROUP_ROOT).catch(() => []) : [""];
	for (const controller of controllers)
		await rmdir(join(CGROUP_ROOT, controller, folder)).catch(() => {});
}

const writeValue = (path: string, value: string): Promise<boolean> =>
	writeFile(path, value).then(
		() => true,
		() => false,
	);
