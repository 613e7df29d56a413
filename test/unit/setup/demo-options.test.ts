import { expect, test } from "vitest";
import { parseDemoOptions } from "../../../setup/demo/demo-options.ts";

test("without arguments the demo stays and keeps what the last one left", () => {
	expect(parseDemoOptions([])).toEqual({
		exitWhenDone: false,
		json: false,
		example: "examples/asteroid-belt",
		fresh: false,
	});
});

test("each option is understood", () => {
	expect(
		parseDemoOptions(["--exit-when-done", "--json", "--fresh"]),
	).toMatchObject({ exitWhenDone: true, json: true, fresh: true });
});

test("what is not understood is named", () => {
	expect(() => parseDemoOptions(["--exit"])).toThrow("--exit");
	expect(() => parseDemoOptions(["now"])).toThrow("now");
});
