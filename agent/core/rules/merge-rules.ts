import type { OwnerRules } from "../protocol.ts";
import { meetHours } from "./week-hours.ts";

/**
 * What holds when the portal says one thing and the device another: of each rule the stricter. Neither side can
 * loosen what the other wants.
 */
export function mergeRules(portal: OwnerRules, device: OwnerRules): OwnerRules {
	return {
		cpuLimit: Math.min(portal.cpuLimit, device.cpuLimit),
		memoryHeadroom: Math.max(portal.memoryHeadroom, device.memoryHeadroom),
		temperatureLimit: lower(portal.temperatureLimit, device.temperatureLimit),
		onBattery: portal.onBattery && device.onBattery,
		onMetered: portal.onMetered && device.onMetered,
		whileInUse: portal.whileInUse && device.whileInUse,
		hours: meetHours(portal.hours, device.hours),
		programs: union(portal.programs, device.programs),
		containers: union(portal.containers, device.containers),
		downloadKiBps: lower(portal.downloadKiBps, device.downloadKiBps),
		uploadKiBps: lower(portal.uploadKiBps, device.uploadKiBps),
		projects: common(portal.projects, device.projects),
		areas: common(portal.areas, device.areas),
		neverProjects: union(portal.neverProjects, device.neverProjects),
		neverAreas: union(portal.neverAreas, device.neverAreas),
		longestTaskMinutes: lower(
			portal.longestTaskMinutes,
			device.longestTaskMinutes,
		),
	};
}

/** Null is no limit. */
const lower = (a: number | null, b: number | null) =>
	a === null ? b : b === null ? a : Math.min(a, b);

const union = (a: readonly string[], b: readonly string[]) => [
	...new Set([...a, ...b]),
];

/** Null is all of them. */
const common = (a: string[] | null, b: string[] | null) =>
	a === null ? b : b === null ? a : a.filter((one) => b.includes(one));
