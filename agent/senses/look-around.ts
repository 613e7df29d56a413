import { existsSync, readdirSync } from "node:fs";
import type { Surroundings } from "../core/guard/missing-sensors.ts";
import { PROC } from "./host-files.ts";

/**
 * Reads what there is.
 * @param freezer whether our containers' freezers may be written
 */
export function lookAround(freezer: boolean): Surroundings {
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
		freezer,
		machinesFiles: !inContainer,
	};
}
