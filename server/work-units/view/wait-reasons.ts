import { describeFit } from "./describe-fit.ts";

/** What the scheduler's reasons mean, for people, of one device and of many. One without words is shown as it is. */
const WORDS: Record<
	string,
	{ verb: [one: string, many: string]; rest: string }
> = {
	platform: {
		verb: ["runs", "run"],
		rest: "another kind of processor than the app version is made for",
	},
	notEnoughCores: {
		verb: ["has", "have"],
		rest: "fewer cores than a task needs",
	},
	notEnoughMemory: {
		verb: ["lends", "lend"],
		rest: "less memory than a task needs",
	},
	notEnoughDisk: {
		verb: ["lends", "lend"],
		rest: "less disk space than a task needs",
	},
	busy: { verb: ["is", "are"], rest: "busy with other tasks" },
	windowTooShort: {
		verb: ["will", "will"],
		rest: "be taken back by the owner's rules before a task is done",
	},
	ownerRules: {
		verb: ["has", "have"],
		rest: "an owner who does not want such work there",
	},
	notForecast: {
		verb: ["has", "have"],
		rest: "no forecast yet: that takes a few seconds",
	},
	forecastTooShort: {
		verb: ["will", "will"],
		rest: "probably be needed by the owner before a task is done",
	},
	needsAnotherOwner: {
		verb: ["belongs", "belong"],
		rest: "to an owner who has a copy already: one owner's devices never check each other",
	},
	failedHereBefore: {
		verb: ["had", "had"],
		rest: "this task before and did not finish it",
	},
};

/**
 * What all processes say together: devices are added up, and of what would fit the longest is said. That no device offers
 * its time is only true when no process knows one.
 */
export function mergeWaitReasons(
	said: readonly Readonly<Record<string, unknown>>[],
): Record<string, unknown> {
	const sum: Record<string, unknown> = {};
	for (const [reason, value] of said.flatMap((one) => Object.entries(one))) {
		const before = sum[reason];
		if (typeof value === "number")
			sum[reason] = (typeof before === "number" ? before : 0) + value;
		else if (before === undefined || longestOf(value) > longestOf(before))
			sum[reason] = value;
	}
	const { noDeviceOffers, ...others } = sum;
	return noDeviceOffers && Object.keys(others).length === 0 ? sum : others;
}

const longestOf = (fit: unknown): number =>
	(fit as { longestSeconds?: number } | null)?.longestSeconds ?? 0;

/** Why tasks of a batch wait, in sentences, what concerns most devices first. */
export function describeWaitReasons(reasons: unknown): string[] {
	if (typeof reasons !== "object" || reasons === null) return [];
	return Object.entries(reasons)
		.filter((entry): entry is [string, number] => typeof entry[1] === "number")
		.sort(([, a], [, b]) => b - a)
		.map(([reason, devices]) => describe(reason, devices))
		.concat(describeFit((reasons as { fit?: unknown }).fit));
}

function describe(reason: string, devices: number): string {
	if (reason === "noDeviceOffers")
		return "No device has time to spare at the moment: all are busy or away.";
	const count = devices === 1 ? "1 device" : `${devices} devices`;
	const words = WORDS[reason];
	if (!words) return `${count}: ${reason}.`;
	return `${count} ${words.verb[devices === 1 ? 0 : 1]} ${words.rest}.`;
}
