import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ADVISORY_LOCK } from "../../../server/database/advisory-lock.ts";

const root = join(import.meta.dirname, "..", "..", "..");

test("no two advisory locks share a number", () => {
	const numbers = Object.values(ADVISORY_LOCK);
	expect(new Set(numbers).size).toBe(numbers.length);
});

test("nobody takes an advisory lock by a number of their own", async () => {
	const strangers: string[] = [];
	for (const folder of ["server", "test/support"])
		for (const name of await readdir(join(root, folder), { recursive: true })) {
			if (!name.endsWith(".ts") || name.includes("generated")) continue;
			const text = await readFile(join(root, folder, name), "utf8");
			if (!/pg_(try_)?advisory/.test(text)) continue;
			if (!text.includes("ADVISORY_LOCK")) strangers.push(name);
			if (/lock\w*\s*=\s*0x/i.test(text)) strangers.push(name);
		}
	expect(strangers).toEqual([]);
});
