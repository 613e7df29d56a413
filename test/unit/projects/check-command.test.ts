import fc from "fast-check";
import { expect, test } from "vitest";
import { expandCommand } from "../../../agent/core/expand-command.ts";
import {
	commandSchema,
	findBraceError,
} from "../../../server/app-versions/check-command.ts";

test.each(["{n}", "--from={start}", "a{{b}}c", "", "{_x9}", "{{{n}}}"])(
	"%j is right",
	(part) => {
		expect(findBraceError(part)).toBeUndefined();
	},
);

test.each([
	["{n", "There is a { without its }"],
	["n}", "There is a } without its {"],
	["{1n}", "is no parameter"],
	["{a b}", "is no parameter"],
	["{}", "is no parameter"],
	["{{n}", "There is a } without its {"],
])("%j is wrong: %s", (part, sentence) => {
	expect(findBraceError(part)).toContain(sentence);
});

test("what passes can be expanded, and nothing in braces is left over", () => {
	fc.assert(
		fc.property(
			fc.string({ unit: fc.constantFrom("{", "}", "a", "1", " ") }),
			(part) => {
				if (findBraceError(part)) return;
				const parameters = { a: "A", aa: "A", aaa: "A" };
				try {
					expandCommand([part], parameters);
				} catch (error) {
					expect(String(error)).toContain("has no value");
				}
			},
		),
	);
});

test("the program itself is no parameter", () => {
	expect(commandSchema.safeParse(["{program}", "x"]).success).toBe(false);
	expect(commandSchema.safeParse(["/bin/sh", "{x}"]).success).toBe(true);
});

test.each([
	[[]],
	[[" "]],
	[["a\u0000"]],
	[["a", "\ud800"]],
	[Array(257).fill("a")],
])("the command %j is refused", (command) => {
	expect(commandSchema.safeParse(command).success).toBe(false);
});
