import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashFiles } from "../../../setup/pages/hash-files.ts";

let root: string;

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "lull-hash-"));
	await mkdir(join(root, "folder", "deep"), { recursive: true });
	await writeFile(join(root, "folder", "deep", "a"), "1");
	await writeFile(join(root, "alone"), "2");
});

afterEach(() => rm(root, { recursive: true, force: true }));

const hash = () => hashFiles(root, ["folder", "alone", "missing"]);

test("the same files have the same digest, in whatever order they are named", async () => {
	expect(await hash()).toBe(await hashFiles(root, ["alone", "folder"]));
});

test("a changed, a new and a renamed file each change it", async () => {
	const digests = [await hash()];
	await writeFile(join(root, "folder", "deep", "a"), "3");
	digests.push(await hash());
	await writeFile(join(root, "folder", "b"), "");
	digests.push(await hash());
	await rename(join(root, "folder", "b"), join(root, "folder", "c"));
	digests.push(await hash());
	expect(new Set(digests).size).toBe(4);
});

test("a file that was not named does not change it", async () => {
	const before = await hash();
	await writeFile(join(root, "other"), "");
	expect(await hash()).toBe(before);
});
