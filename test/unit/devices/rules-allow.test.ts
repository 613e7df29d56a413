import { describe, expect, test } from "vitest";
import { ownerRulesSchema } from "../../../agent/core/protocol.ts";
import { rulesAllow } from "../../../server/devices/rules/rules-allow.ts";

const PROJECT = "0190f000-0000-7000-8000-000000000001";
const OTHER = "0190f000-0000-7000-8000-000000000002";

const task = {
	projectId: PROJECT,
	area: "Mathematics",
	estimatedSeconds: 600,
};
const allows = (rules: object, changes: Partial<typeof task> = {}) =>
	rulesAllow(ownerRulesSchema.parse(rules), { ...task, ...changes });

describe("The owner's rules on tasks", () => {
	test("allow everything when the owner has said nothing", () => {
		expect(allows({})).toBe(true);
	});

	test("let in only the projects that the owner named", () => {
		expect(allows({ projects: [PROJECT] })).toBe(true);
		expect(allows({ projects: [OTHER] })).toBe(false);
		expect(allows({ projects: [] })).toBe(false);
	});

	test("ask for both when projects and areas are named", () => {
		expect(allows({ projects: [PROJECT], areas: ["Mathematics"] })).toBe(true);
		expect(allows({ projects: [OTHER], areas: ["Mathematics"] })).toBe(false);
		expect(allows({ projects: [PROJECT], areas: ["Biology"] })).toBe(false);
	});

	test("keep out what is never wanted, even when it is named as wanted", () => {
		expect(allows({ neverProjects: [PROJECT], projects: [PROJECT] })).toBe(
			false,
		);
		expect(allows({ neverAreas: ["Mathematics"] })).toBe(false);
		expect(allows({ projects: [PROJECT], neverAreas: ["Mathematics"] })).toBe(
			false,
		);
		expect(allows({ neverProjects: [OTHER], neverAreas: ["Biology"] })).toBe(
			true,
		);
	});

	test("hold the longest task to the minute", () => {
		expect(allows({ longestTaskMinutes: 10 })).toBe(true);
		expect(allows({ longestTaskMinutes: 10 }, { estimatedSeconds: 601 })).toBe(
			false,
		);
	});

	test("take a task of unknown length", () => {
		expect(
			rulesAllow(ownerRulesSchema.parse({ longestTaskMinutes: 1 }), {
				...task,
				estimatedSeconds: null,
			}),
		).toBe(true);
	});
});
