import type { OwnerRules } from "@/agent/core/protocol";

/** Monday first, as in the rules. */
export const DAY_NAMES = [
	"Mon",
	"Tue",
	"Wed",
	"Thu",
	"Fri",
	"Sat",
	"Sun",
] as const;

/** What the rules come to, in sentences: the limit always, the rest where it says something. */
export function describeRules(
	rules: OwnerRules,
	nameOf: (projectId: string) => string,
): string[] {
	const names = (ids: readonly string[]) => listed(ids.map(nameOf));
	return [
		`We step aside when your own programs use more than ${rules.cpuLimit} % of the processor.`,
		rules.hours.length > 0 && `Only ${listed(rules.hours.map(describeHours))}.`,
		rules.temperatureLimit === null
			? "However warm it is."
			: rules.temperatureLimit !== 85 &&
				`Not above ${rules.temperatureLimit} °C.`,
		rules.onBattery && "Also on battery.",
		rules.onMetered && "Also on a metered network.",
		!rules.whileInUse && "Not while somebody uses keyboard or mouse.",
		rules.programs.length > 0 && `Not while ${listed(rules.programs)} runs.`,
		rules.containers.length > 0 &&
			`Not while the container ${listed(rules.containers)} runs.`,
		bandwidth(rules),
		rules.projects && `Only for ${names(rules.projects) || "no project"}.`,
		rules.areas && `Only in ${listed(rules.areas) || "no area"}.`,
		rules.neverProjects.length > 0 &&
			`Never for ${names(rules.neverProjects)}.`,
		rules.neverAreas.length > 0 && `Never in ${listed(rules.neverAreas)}.`,
		rules.longestTaskMinutes !== null &&
			`No task of more than ${rules.longestTaskMinutes} minutes.`,
	].filter((sentence) => typeof sentence === "string");
}

/** `Mon–Fri 22:00–06:00`. */
export function describeHours({
	days,
	from,
	until,
}: OwnerRules["hours"][number]): string {
	return `${describeDays(days)} ${from}–${until}`;
}

function describeDays(days: readonly number[]): string {
	const sorted = [...days].sort((a, b) => a - b);
	if (sorted.length === 7) return "every day";
	const [first = 0] = sorted;
	const last = sorted.at(-1) ?? first;
	const name = (day: number) => DAY_NAMES[day] ?? "";
	return sorted.length > 2 && last - first === sorted.length - 1
		? `${name(first)}–${name(last)}`
		: listed(sorted.map(name));
}

function bandwidth({ downloadKiBps, uploadKiBps }: OwnerRules): string | false {
	const parts = [
		downloadKiBps !== null && `${downloadKiBps} KiB/s down`,
		uploadKiBps !== null && `${uploadKiBps} KiB/s up`,
	].filter((part) => typeof part === "string");
	return parts.length > 0 && `At most ${listed(parts)}.`;
}

const listed = (names: readonly string[]): string => names.join(", ");
