import fc from "fast-check";
import { expect, test } from "vitest";
import { slugSchema } from "../../../server/projects/project-input.ts";
import {
	firstFreeSlug,
	suggestSlug,
} from "../../../server/projects/suggest-slug.ts";

test.each([
	["Gauss's class numbers", "gausss-class-numbers"],
	["Größte Primzahl — zwei!", "grosste-primzahl-zwei"],
	["σ", "project"],
	["AB", "project-ab"],
	["New", "project-new"],
	[
		"019a0000-0000-7000-8000-000000000001",
		"project-019a0000-0000-7000-8000-000000000001",
	],
])("“%s” gets the address %s", (name, slug) => {
	expect(suggestSlug(name)).toBe(slug);
});

test("every name gets an address that is allowed", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme", maxLength: 120 }), (name) => {
			expect(slugSchema.safeParse(suggestSlug(name)).success).toBe(true);
		}),
	);
});

test("a taken address is counted up, and stays short enough", () => {
	const slug = "a".repeat(48);
	expect(firstFreeSlug("abc", new Set(["abc", "abc-2"]))).toBe("abc-3");
	expect(firstFreeSlug(slug, new Set([slug]))).toBe(`${"a".repeat(46)}-2`);
});
