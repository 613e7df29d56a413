import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { oneAtATime } from "../../../setup/process/one-at-a-time.ts";

let folder: string;
let lockFile: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-lock-"));
	lockFile = join(folder, "lock");
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("no two do their work at the same time, and all get their turn", async () => {
	let inside = 0;
	const work = async () => {
		inside += 1;
		expect(inside).toBe(1);
		await new Promise((resolve) => setImmediate(resolve));
		inside -= 1;
		return "done";
	};
	const all = await Promise.all(
		[1, 2, 3].map(() => oneAtATime(lockFile, work)),
	);
	expect(all).toEqual(["done", "done", "done"]);
	expect(await readdir(folder)).toEqual([]);
});

test("the lock is given back when the work fails", async () => {
	const failing = oneAtATime(lockFile, () => Promise.reject(new Error("no")));
	await expect(failing).rejects.toThrow("no");
	expect(existsSync(lockFile)).toBe(false);
});

test("the lock of a process that is gone is void", async () => {
	const { pid } = spawnSync(process.execPath, ["-e", ""]);
	await writeFile(lockFile, String(pid));
	expect(await oneAtATime(lockFile, async () => "done")).toBe("done");
});
