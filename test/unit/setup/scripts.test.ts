import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const { scripts } = JSON.parse(
	readFileSync(join(root, "package.json"), "utf8"),
) as { scripts: Record<string, string> };

const bootstrap = (...words: string[]) =>
	spawnSync(process.execPath, ["setup/bootstrap.mjs", ...words], {
		cwd: root,
		encoding: "utf8",
	});

test.each(Object.entries(scripts))(
	"npm run, which prints scripts as they are, says what %s is for",
	(name, script) => {
		const start = `node setup/bootstrap.mjs ${name}: "`;
		expect(script.startsWith(start)).toBe(true);
		// Nothing that one of the shells would read as more than text, so that what is asked for can follow.
		expect(script.slice(start.length)).toMatch(/^[\w ,;:./-]{10,90}"$/);
	},
);

test("every script has its place in the setup, and the other way round", () => {
	const { status, stderr } = bootstrap("no such script");
	expect(status).toBe(1);
	const [, usage = ""] = stderr.split("bootstrap.mjs ");
	expect(usage.trim().split(" | ").sort()).toEqual(Object.keys(scripts).sort());
});

test("what is asked for follows the sentence, which is for people only", () => {
	for (const words of [["bench:", "measure something"], ["bench"]]) {
		const { status, stderr } = bootstrap(...words, "of nothing");
		expect(stderr).toContain("There is no bench “of nothing”.");
		expect(status).toBe(2);
	}
});
