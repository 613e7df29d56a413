import { join } from "node:path";

/** How the engine keeps its containers apart; from its own answer to /info. */
export interface CgroupSetting {
	version: "1" | "2";
	driver: "cgroupfs" | "systemd" | "none";
}

/** Where the kernel shows its cgroups; version 1 has a folder for each controller there. */
export const CGROUP_ROOT = "/sys/fs/cgroup";

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
export const deviceFolder = (setting: CgroupSetting, deviceId: string) =>
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
		? join(CGROUP_ROOT, controller, folder, file)
		: join(CGROUP_ROOT, folder, file);

/** Whether a process that is in this cgroup (a line of /proc/PID/cgroup) is of ours. */
export const isOurCgroup = (text: string): boolean =>
	/:\/lull(\/|\.slice|$)/m.test(text);
