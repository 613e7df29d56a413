/** What the scheduler's reasons mean, for people. A reason without words here is shown as it is. */
const WORDS: Record<string, string> = {
	platform: "run another kind of processor than the app version is made for",
	notEnoughCores: "have fewer cores than a task needs",
	notEnoughMemory: "lend less memory than a task needs",
	notEnoughDisk: "lend less disk space than a task needs",
	busy: "are busy with other tasks",
	windowTooShort: "will not be idle long enough for a task",
	needsAnotherOwner:
		"belong to an owner who has a copy already: one owner's devices never check each other",
	failedHereBefore: "had this task before and did not finish it",
};

/** Why tasks of a batch wait, in sentences, what concerns most devices first. */
export function describeWaitReasons(reasons: unknown): string[] {
	if (typeof reasons !== "object" || reasons === null) return [];
	return Object.entries(reasons)
		.filter((entry): entry is [string, number] => typeof entry[1] === "number")
		.sort(([, a], [, b]) => b - a)
		.map(([reason, devices]) => describe(reason, devices));
}

function describe(reason: string, devices: number): string {
	if (reason === "noDeviceOffers")
		return "No device has time to spare at the moment: all are busy or away.";
	const count = devices === 1 ? "1 device" : `${devices} devices`;
	return `${count}: they ${WORDS[reason] ?? reason}.`;
}
