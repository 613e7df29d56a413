import type { WeekHours } from "@/agent/core/protocol";

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const nights: WeekHours = { days: EVERY_DAY, from: "22:00", until: "07:00" };
const weekends: WeekHours = { days: [5, 6], from: "00:00", until: "24:00" };

export type HoursPreset = "always" | "nights" | "weekends" | "both" | "custom";

/** The hours that most owners choose from. */
export const HOURS_OF: Record<
	Exclude<HoursPreset, "custom">,
	readonly WeekHours[]
> = {
	always: [],
	nights: [nights],
	weekends: [weekends],
	both: [nights, weekends],
};

/** What a new row begins with. */
export const newHours = (): WeekHours => ({ ...nights, days: [...EVERY_DAY] });

/** Which preset these hours are. */
export function presetOf(hours: readonly WeekHours[]): HoursPreset {
	const found = Object.entries(HOURS_OF).find(
		([, preset]) => textOf(preset) === textOf(hours),
	);
	return (found?.[0] as HoursPreset | undefined) ?? "custom";
}

const textOf = (hours: readonly WeekHours[]): string =>
	JSON.stringify(
		hours.map(({ days, from, until }) => [[...days].sort(), from, until]),
	);
