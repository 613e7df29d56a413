import fc from "fast-check";
import { expect, test } from "vitest";
import {
	joinCommand,
	splitCommand,
} from "../../../app/projects/[slug]/app-versions/new/split-command";

test.each([
	["/bin/sh -c 'echo {n}'", ["/bin/sh", "-c", "echo {n}"]],
	["a \"b c\"d '' e", ["a", "b cd", "", "e"]],
	["  a   b\n", ["a", "b"]],
	["", []],
	["a 'b c", ["a", "b c"]],
	["$HOME `id` *", ["$HOME", "`id`", "*"]],
])("%j has the parts %j", (text, parts) => {
	expect(splitCommand(text)).toEqual(parts);
});

test("what is joined is split into the same parts again", () => {
	const part = fc.string({
		unit: fc.constantFrom("a", " ", "'", '"', "{", "\n", "\\", "$"),
	});
	fc.assert(
		fc.property(fc.array(part), (parts) => {
			expect(splitCommand(joinCommand(parts))).toEqual(parts);
		}),
	);
});
