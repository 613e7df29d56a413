import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { PendingStore } from "../../cli/transfer/pending-store.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-pending-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what several commands begin at the same time is all remembered", async () => {
	const keys = Array.from({ length: 12 }, (_, index) => `upload ${index}`);
	// Each has its own store, as each command has.
	const stores = keys.map(() => new PendingStore(folder, Date.now));
	await Promise.all(keys.map((key, index) => stores[index]?.set(key, index)));
	const later = new PendingStore(folder, Date.now);
	for (const [index, key] of keys.entries())
		expect(await later.find(z.number(), key)).toBe(index);
	expect(await readdir(folder)).toEqual(["pending.json"]);
});
