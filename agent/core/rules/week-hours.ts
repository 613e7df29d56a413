import type { WeekHours } from "../protocol.ts";

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

/** Minutes of the week, Monday 00:00 being 0; the end is not in it and never after the week's. */
export interface WeekStretch {
	from: number;
	until: number;
}

const minutesOf = (clock: string) =>
	Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** The owner's hours as stretches of the week, sorted and joined. One that ends before it begins goes past midnight. */
export function toStretches(hours: readonly WeekHours[]): WeekStretch[] {
	const parts = hours.flatMap(({ days, from, until }) =>
		days.flatMap((day) => {
			const begin = day * DAY_MINUTES + minutesOf(from);
			const length =
				(minutesOf(until) - minutesOf(from) + DAY_MINUTES) % DAY_MINUTES ||
				DAY_MINUTES;
			return cutAtWeek(begin, begin + length);
		}),
	);
	return join(parts.toSorted((a, b) => a.from - b.from));
}

/** Sunday's night goes on in Monday's morning. */
function cutAtWeek(from: number, until: number): WeekStretch[] {
	if (until <= WEEK_MINUTES) return [{ from, until }];
	return [
		{ from, until: WEEK_MINUTES },
		{ from: 0, until: until - WEEK_MINUTES },
	];
}

function join(sorted: WeekStretch[]): WeekStretch[] {
	const joined: WeekStretch[] = [];
	for (const { from, until } of sorted) {
		const last = joined.at(-1);
		if (last && from <= last.until) last.until = Math.max(last.until, until);
		else joined.push({ from, until });
	}
	return joined;
}

/** The hours in which both allow it; no hours at all mean any time. */
export function meetHours(
	one: readonly WeekHours[],
	other: readonly WeekHours[],
): WeekHours[] {
	if (one.length === 0) return [...other];
	if (other.length === 0) return [...one];
	const met = toStretches(one).flatMap((a) =>
		toStretches(other).flatMap((b) => {
			const from = Math.max(a.from, b.from);
			const until = Math.min(a.until, b.until);
			return from < until ? [{ from, until }] : [];
		}),
	);
	// Never open is not the same as no hours, which is always open.
	return met.length ? met.flatMap(toHours) : NEVER;
}

/** A minute a week: the shortest that hours can say, where two sets of hours have none in common. */
const NEVER: WeekHours[] = [{ days: [0], from: "00:00", until: "00:01" }];

function toHours({ from, until }: WeekStretch): WeekHours[] {
	const hours: WeekHours[] = [];
	for (let begin = from; begin < until; ) {
		const day = Math.floor(begin / DAY_MINUTES);
		const end = Math.min(until, (day + 1) * DAY_MINUTES);
		hours.push({
			days: [day],
			from: clockOf(begin - day * DAY_MINUTES),
			until: clockOf(end - day * DAY_MINUTES),
		});
		begin = end;
	}
	return hours;
}

const clockOf = (minutes: number) =>
	`${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** By the clock on the device's wall. */
const minuteOfWeek = (at: Date) =>
	((at.getDay() + 6) % 7) * DAY_MINUTES + at.getHours() * 60 + at.getMinutes();

/** Whether the owner's hours are on. */
export function isWithinHours(hours: readonly WeekHours[], at: Date): boolean {
	if (hours.length === 0) return true;
	const minute = minuteOfWeek(at);
	return toStretches(hours).some(
		({ from, until }) => minute >= from && minute < until,
	);
}

/** When the hours that are on will end; null when they never do, or are not on. */
export function endOfHours(hours: readonly WeekHours[], at: Date): Date | null {
	const stretches = toStretches(hours);
	const minute = minuteOfWeek(at);
	const now = stretches.find(
		({ from, until }) => minute >= from && minute < until,
	);
	if (!now) return null;
	if (now.until < WEEK_MINUTES) return minutesLater(at, now.until - minute);
	// The week goes round.
	const monday = stretches.find(({ from }) => from === 0);
	if (!monday) return minutesLater(at, WEEK_MINUTES - minute);
	if (monday.until === WEEK_MINUTES) return null;
	return minutesLater(at, WEEK_MINUTES - minute + monday.until);
}

/** On the wall's clock: a night in which it is put back is an hour longer. */
const minutesLater = (at: Date, minutes: number) =>
	new Date(
		at.getFullYear(),
		at.getMonth(),
		at.getDate(),
		at.getHours(),
		at.getMinutes() + minutes,
	);
