import type { DutyContext } from "../duty/duty-context.ts";
import { fitRhythm, SLOT_SECONDS, SLOTS_A_WEEK } from "../duty/rhythm-table.ts";

const SLOTS_A_DAY = SLOTS_A_WEEK / 7;
/** A half hour counts as busy when the limit is reached in it this often. */
const BUSY_SHARE = 0.5;

/** A time of the day at which the device is ordinarily busy, in hours of the owner's clock. */
export interface BusySpan {
	days: "weekdays" | "weekends" | "every day";
	fromHour: number;
	/** Up to 24, or less than `fromHour` when it goes past midnight. */
	toHour: number;
}

/**
 * When the device is ordinarily busy, as its rhythm's tree sees it; none when it hardly ever is, undefined when less
 * than a day is known.
 * @param utcOffsetMinutes of the owner's clock: 60 for Central Europe in winter
 */
export function findBusySpans(
	duty: DutyContext,
	now: number,
	limitPercent: number,
	utcOffsetMinutes = 0,
): BusySpan[] | undefined {
	const busy = fitRhythm(duty, now, limitPercent);
	if (!busy) return undefined;
	const shift = Math.round((utcOffsetMinutes * 60) / SLOT_SECONDS);
	const local = (slot: number) =>
		busy[(slot - shift + 2 * SLOTS_A_WEEK) % SLOTS_A_WEEK] as number;
	const weekdays = spansOf(daysMean(local, [0, 1, 2, 3, 4]));
	const weekends = spansOf(daysMean(local, [5, 6]));
	if (JSON.stringify(weekdays) === JSON.stringify(weekends))
		return weekdays.map((span) => ({ days: "every day", ...span }));
	return [
		...weekdays.map((span) => ({ days: "weekdays" as const, ...span })),
		...weekends.map((span) => ({ days: "weekends" as const, ...span })),
	];
}

/** The rhythm in words: "Busy on weekdays from 18 to 22 h." */
export function explainRhythm(spans: readonly BusySpan[]): string {
	if (!spans.length) return "Quiet most of the time, at any hour.";
	const parts = (["every day", "weekdays", "weekends"] as const).flatMap(
		(days) => {
			const own = spans.filter((span) => span.days === days);
			if (!own.length) return [];
			return `${days === "every day" ? days : `on ${days}`} ${join(own.map(hoursOf))}`;
		},
	);
	return `Busy ${join(parts)}.`;
}

const hoursOf = ({ fromHour, toHour }: BusySpan): string =>
	fromHour === 0 && toHour === 24
		? "all day"
		: `from ${clock(fromHour)} to ${clock(toHour)} h`;

const clock = (hour: number): string =>
	hour % 1 ? `${Math.floor(hour)}:30` : String(hour);

const join = (parts: readonly string[]): string =>
	parts.length < 2
		? (parts[0] ?? "")
		: `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

function daysMean(
	local: (slot: number) => number,
	days: readonly number[],
): number[] {
	return Array.from(
		{ length: SLOTS_A_DAY },
		(_, slot) =>
			days.reduce((sum, day) => sum + local(day * SLOTS_A_DAY + slot), 0) /
			days.length,
	);
}

/** Runs of busy half hours; one that goes past midnight is one. */
function spansOf(busy: readonly number[]): Omit<BusySpan, "days">[] {
	const isBusy = (slot: number) =>
		(busy[(slot + SLOTS_A_DAY) % SLOTS_A_DAY] as number) >= BUSY_SHARE;
	const spans: Omit<BusySpan, "days">[] = [];
	for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
		if (!isBusy(slot) || isBusy(slot - 1)) continue;
		let end = slot;
		while (isBusy(end)) end++;
		const toHour = (end * SLOT_SECONDS) / 3600;
		spans.push({
			fromHour: (slot * SLOT_SECONDS) / 3600,
			toHour: toHour > 24 ? toHour - 24 : toHour,
		});
	}
	// Busy at every hour: no run begins anywhere.
	return !spans.length && isBusy(0) ? [{ fromHour: 0, toHour: 24 }] : spans;
}
