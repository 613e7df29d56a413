import {
	type OwnerRules,
	ownerRulesSchema,
	type WeekHours,
} from "@/agent/core/protocol";

/** The rules as they are typed: numbers as text, names one a line. */
export interface OwnerRulesDraft {
	cpuLimit: string;
	memoryHeadroom: string;
	/** Empty: no limit; so for the next three. */
	temperatureLimit: string;
	downloadKiBps: string;
	uploadKiBps: string;
	longestTaskMinutes: string;
	onBattery: boolean;
	onMetered: boolean;
	whileInUse: boolean;
	hours: WeekHours[];
	programs: string;
	containers: string;
	projects: string[] | null;
	areas: string[] | null;
	neverProjects: string[];
	neverAreas: string[];
}

export type OwnerRulesErrors = Partial<Record<keyof OwnerRules, string>>;

export const DEFAULT_RULES: OwnerRules = ownerRulesSchema.parse({});

const typed = (value: number | null): string =>
	value === null ? "" : String(value);

export const toDraft = (rules: OwnerRules): OwnerRulesDraft => ({
	...rules,
	cpuLimit: typed(rules.cpuLimit),
	memoryHeadroom: typed(rules.memoryHeadroom),
	temperatureLimit: typed(rules.temperatureLimit),
	downloadKiBps: typed(rules.downloadKiBps),
	uploadKiBps: typed(rules.uploadKiBps),
	longestTaskMinutes: typed(rules.longestTaskMinutes),
	programs: rules.programs.join("\n"),
	containers: rules.containers.join("\n"),
});

/** What is wrong with a field, said as it is entered. */
const SENTENCES: OwnerRulesErrors = {
	cpuLimit: "From 1 to 100 percent.",
	memoryHeadroom: "From 0 to 90 percent.",
	temperatureLimit: "From 20 to 150 °C, or empty for no limit.",
	downloadKiBps: "A whole number of KiB a second, or empty for no cap.",
	uploadKiBps: "A whole number of KiB a second, or empty for no cap.",
	longestTaskMinutes: "A whole number of minutes, or empty for any length.",
	hours:
		"Each row needs at least one day, and an end other than its beginning.",
	programs: "Up to 50 names of up to 64 characters, one a line.",
	containers: "Up to 50 names of up to 128 characters, one a line.",
};

/** The rules, or what is wrong with them, field by field. */
export function toOwnerRules(
	draft: OwnerRulesDraft,
): { rules: OwnerRules } | { errors: OwnerRulesErrors } {
	const parsed = ownerRulesSchema.safeParse({
		...draft,
		cpuLimit: numberIn(draft.cpuLimit) ?? Number.NaN,
		memoryHeadroom: numberIn(draft.memoryHeadroom) ?? Number.NaN,
		temperatureLimit: numberIn(draft.temperatureLimit),
		downloadKiBps: numberIn(draft.downloadKiBps),
		uploadKiBps: numberIn(draft.uploadKiBps),
		longestTaskMinutes: numberIn(draft.longestTaskMinutes),
		programs: linesOf(draft.programs),
		containers: linesOf(draft.containers),
	});
	const wrong = new Set(parsed.error?.issues.map(({ path }) => path[0]));
	if (draft.hours.some(({ from, until }) => from === until)) wrong.add("hours");
	if (parsed.success && wrong.size === 0) return { rules: parsed.data };
	return {
		errors: Object.fromEntries(
			[...wrong].map((field) => [
				field,
				SENTENCES[field as keyof OwnerRules] ?? "This cannot be used.",
			]),
		),
	};
}

/** Null when nothing is entered, NaN when it is no number. */
const numberIn = (text: string): number | null =>
	text.trim() === "" ? null : Number(text.trim().replace(",", "."));

const linesOf = (text: string): string[] => [
	...new Set(
		text
			.split("\n")
			.map((line) => line.trim())
			.filter(Boolean),
	),
];
