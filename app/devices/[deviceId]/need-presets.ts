/** A stretch of time by the owner's own clock. */
export interface Stretch {
	from: Date;
	until: Date;
}

const EVENING = 18;
const MORNING = 6;
const NOON = 12;

/** The hour of that day, or of a day so many days later, by the local clock. */
const at = (day: Date, days: number, hour: number): Date =>
	new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour);

/** From 18 h, or from now on when that is past, until midnight. */
export const tonight = (now: Date): Stretch => ({
	from: now.getHours() < EVENING ? at(now, 0, EVENING) : now,
	until: at(now, 1, 0),
});

/** From 6 to 12 h of the next day. */
export const tomorrowMorning = (now: Date): Stretch => ({
	from: at(now, 1, MORNING),
	until: at(now, 1, NOON),
});

export const hasBegun = (
	{ from }: { from: Date | string },
	now: Date,
): boolean => new Date(from) <= now;

/** `Fri, Nov 20, 18:00 to 24:00`, `Fri, Nov 20, 18:00 to Sat, Nov 21, 07:30`. */
export function showStretch(stretch: {
	from: Date | string;
	until: Date | string;
}): string {
	const from = new Date(stretch.from);
	const until = new Date(stretch.until);
	const begin = `${showDay(from)}, ${showTime(from)}`;
	if (at(from, 1, 0).getTime() === until.getTime()) return `${begin} to 24:00`;
	return showDay(from) === showDay(until)
		? `${begin} to ${showTime(until)}`
		: `${begin} to ${showDay(until)}, ${showTime(until)}`;
}

const showDay = (time: Date): string =>
	time.toLocaleDateString("en", {
		weekday: "short",
		month: "short",
		day: "numeric",
	});

const showTime = (time: Date): string =>
	time.toLocaleTimeString("en", {
		hour: "2-digit",
		minute: "2-digit",
		hourCycle: "h23",
	});
