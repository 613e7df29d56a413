import type { DutyKind } from "../../telemetry/duty-series.ts";

/** The kinds of the original design that are generated; each is one of the kinds that an owner can choose. */
export type GeneratedKind =
	| "camera"
	| "gateway"
	| "access"
	| "kiosk"
	| "board"
	| "computer";

/** Activity (0 to 1) between two hours of some days of the week (0 = Sunday). */
export interface RhythmBump {
	days: readonly number[];
	fromHour: number;
	toHour: number;
	activity: number;
}

/** A job by the clock. */
export interface ClockJob {
	everyHours: number;
	/** Minutes after the beginning of its period (midnight for 24 hours). */
	atMinute: number;
	minutes: number;
	percent: number;
}

export interface GeneratedDevice {
	kind: DutyKind;
	/** Load when nothing happens. */
	basePercent: number;
	/** Load of full activity apart from events. */
	activePercent: number;
	rhythm: readonly RhythmBump[];
	/** Events in an hour of full activity. */
	eventsAnHour: number;
	/** Mean length of an event. */
	eventMinutes: number;
	eventPercent: number;
	jobs: readonly ClockJob[];
	/** Standard deviation of a 2-second sample. */
	noisePercent: number;
}

const WEEKDAYS = [1, 2, 3, 4, 5];
const WEEKEND = [0, 6];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

/** What the devices of each kind do, before each is made different by its seed. */
export const GENERATED_DEVICES: Readonly<
	Record<GeneratedKind, GeneratedDevice>
> = {
	// Encodes all day, more by daylight; people passing make events; recordings are moved away at night.
	camera: {
		kind: "camera",
		basePercent: 9,
		activePercent: 9,
		rhythm: [
			{ days: WEEKDAYS, fromHour: 6.5, toHour: 20, activity: 1 },
			{ days: WEEKEND, fromHour: 9, toHour: 19, activity: 0.5 },
		],
		eventsAnHour: 7,
		eventMinutes: 2.5,
		eventPercent: 32,
		jobs: [{ everyHours: 24, atMinute: 150, minutes: 25, percent: 45 }],
		noisePercent: 2.9,
	},
	// A family's evenings; updates are looked for every six hours.
	gateway: {
		kind: "gateway",
		basePercent: 5,
		activePercent: 12,
		rhythm: [
			{ days: WEEKDAYS, fromHour: 17, toHour: 23, activity: 1 },
			{ days: WEEKDAYS, fromHour: 6.5, toHour: 8.5, activity: 0.5 },
			{ days: WEEKEND, fromHour: 9.5, toHour: 23.5, activity: 0.9 },
		],
		eventsAnHour: 5,
		eventMinutes: 6,
		eventPercent: 28,
		jobs: [{ everyHours: 6, atMinute: 35, minutes: 6, percent: 30 }],
		noisePercent: 2.2,
	},
	// Doors: busy when people come and go.
	access: {
		kind: "accessControl",
		basePercent: 3,
		activePercent: 2,
		rhythm: [
			{ days: WEEKDAYS, fromHour: 7.5, toHour: 9.5, activity: 1 },
			{ days: WEEKDAYS, fromHour: 11.5, toHour: 13.5, activity: 0.5 },
			{ days: WEEKDAYS, fromHour: 16.5, toHour: 18.5, activity: 0.9 },
			{ days: WEEKEND, fromHour: 10, toHour: 16, activity: 0.12 },
		],
		eventsAnHour: 14,
		eventMinutes: 0.7,
		eventPercent: 38,
		jobs: [{ everyHours: 24, atMinute: 240, minutes: 12, percent: 35 }],
		noisePercent: 1.5,
	},
	// Opening hours.
	kiosk: {
		kind: "kiosk",
		basePercent: 4,
		activePercent: 8,
		rhythm: [
			{ days: [1, 2, 3, 4, 5, 6], fromHour: 9, toHour: 20, activity: 1 },
			{ days: [0], fromHour: 12, toHour: 17, activity: 0.4 },
		],
		eventsAnHour: 6,
		eventMinutes: 4,
		eventPercent: 35,
		jobs: [
			{ everyHours: 24, atMinute: 330, minutes: 20, percent: 40 },
			{ everyHours: 1, atMinute: 0, minutes: 1, percent: 12 },
		],
		noisePercent: 2.5,
	},
	// An UP2-class board that gathers measurements and works through them by the hour.
	board: {
		kind: "board",
		basePercent: 6,
		activePercent: 4,
		rhythm: [{ days: EVERY_DAY, fromHour: 7, toHour: 19, activity: 0.6 }],
		eventsAnHour: 2,
		eventMinutes: 5,
		eventPercent: 40,
		jobs: [{ everyHours: 3, atMinute: 20, minutes: 15, percent: 50 }],
		noisePercent: 2,
	},
	// A desk in the office or at home.
	computer: {
		kind: "computer",
		basePercent: 3,
		activePercent: 8,
		rhythm: [
			{ days: WEEKDAYS, fromHour: 8.5, toHour: 12.2, activity: 1 },
			{ days: WEEKDAYS, fromHour: 13, toHour: 17.5, activity: 0.9 },
			{ days: EVERY_DAY, fromHour: 20, toHour: 22.5, activity: 0.35 },
		],
		eventsAnHour: 8,
		eventMinutes: 5,
		eventPercent: 35,
		jobs: [{ everyHours: 24, atMinute: 750, minutes: 15, percent: 40 }],
		noisePercent: 3,
	},
};
