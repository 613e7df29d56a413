import { describe, expect, test } from "vitest";
import { ownerRulesSchema } from "@/agent/core/protocol";
import { describeRules } from "../../../app/devices/[deviceId]/describe-rules.ts";
import {
	HOURS_OF,
	presetOf,
} from "../../../app/devices/[deviceId]/rules/hours-presets.ts";
import {
	DEFAULT_RULES,
	toDraft,
	toOwnerRules,
} from "../../../app/devices/[deviceId]/rules/owner-rules-draft.ts";

const typed = (changes: Partial<ReturnType<typeof toDraft>>) =>
	toOwnerRules({ ...toDraft(DEFAULT_RULES), ...changes });

describe("Rules as they are typed", () => {
	test("become the same rules again when nothing is changed", () => {
		const rules = ownerRulesSchema.parse({
			cpuLimit: 12.5,
			temperatureLimit: null,
			hours: [{ days: [0, 6], from: "22:00", until: "06:00" }],
			programs: ["ffmpeg", "blender"],
			projects: [],
			uploadKiBps: 100,
		});
		expect(toOwnerRules(toDraft(rules))).toEqual({ rules });
	});

	test("take an empty field for no limit, and names line by line, each once", () => {
		expect(
			typed({
				temperatureLimit: " ",
				longestTaskMinutes: "",
				programs: " ffmpeg \n\nblender\nffmpeg",
			}),
		).toMatchObject({
			rules: {
				temperatureLimit: null,
				longestTaskMinutes: null,
				programs: ["ffmpeg", "blender"],
			},
		});
	});

	test.each([
		["cpuLimit", ""],
		["cpuLimit", "101"],
		["memoryHeadroom", "much"],
		["temperatureLimit", "1000"],
		["downloadKiBps", "1.5"],
		["longestTaskMinutes", "-1"],
		["programs", "x".repeat(65)],
	] as const)("say at %s what is wrong with “%.5s”", (field, value) => {
		const result = typed({ [field]: value });
		expect(result).toEqual({
			errors: { [field]: expect.stringMatching(/\w/) },
		});
	});

	test("say what is wrong with hours: no day, no length", () => {
		for (const row of [
			{ days: [], from: "08:00", until: "09:00" },
			{ days: [1], from: "08:00", until: "08:00" },
			{ days: [1], from: "", until: "08:00" },
		])
			expect(typed({ hours: [row] })).toHaveProperty("errors.hours");
	});
});

describe("Hours", () => {
	test("are known again as the preset that they were chosen as", () => {
		for (const [name, hours] of Object.entries(HOURS_OF))
			expect(presetOf(hours)).toBe(name);
		expect(presetOf([{ days: [1], from: "01:00", until: "02:00" }])).toBe(
			"custom",
		);
	});
});

describe("Rules in sentences", () => {
	const say = (rules: object) =>
		describeRules(ownerRulesSchema.parse(rules), (id) => `project ${id}`);

	test("say only the limit when all else is as usual", () => {
		expect(say({})).toEqual([
			"We step aside when your own programs use more than 30 % of the processor.",
		]);
	});

	test("say what an owner chose", () => {
		expect(
			say({
				hours: [
					{ days: [0, 1, 2, 3, 4], from: "22:00", until: "06:00" },
					{ days: [5, 6], from: "00:00", until: "24:00" },
				],
				programs: ["ffmpeg"],
				downloadKiBps: 500,
				areas: [],
				longestTaskMinutes: 90,
			}),
		).toEqual([
			expect.stringContaining("30 %"),
			"Only Mon–Fri 22:00–06:00, Sat, Sun 00:00–24:00.",
			"Not while ffmpeg runs.",
			"At most 500 KiB/s down.",
			"Only in no area.",
			"No task of more than 90 minutes.",
		]);
	});
});
