import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import type { Surroundings } from "../core/guard/missing-sensors.ts";
import {
	type CgroupSetting,
	cgroupFile,
	parentCgroup,
} from "../engine/cgroups.ts";
import { PROC } from "./host-files.ts";

/** Reads what there is. */
export function lookAround(setting: CgroupSetting): Surroundings {
	const inContainer =
		existsSync("/.dockerenv") || existsSync("/run/.containerenv");
	const names = (folder: string) => {
		try {
			return readdirSync(folder);
		} catch {
			return [];
		}
	};
	return {
		ownProcOnly: inContainer && PROC === "/proc",
		pressure: existsSync(`${PROC}/pressure/memory`),
		temperature: names("/sys/class/thermal").some((name) =>
			name.startsWith("thermal_zone"),
		),
		freezer: mayFreeze(setting),
		machinesFiles: !inContainer,
	};
}

function mayFreeze(setting: CgroupSetting): boolean {
	const parent = parentCgroup(setting);
	if (!parent) return false;
	const folder = cgroupFile(setting, "freezer", "/", "");
	try {
		accessSync(folder, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}
