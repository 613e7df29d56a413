import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GuardContext } from "../../../agent/guard/guard-context.ts";
import {
	writeYoursNow,
	YoursNowRunner,
} from "../../../agent/guard/yours-now-runner.ts";
import { StateFolder } from "../../../agent/state/state-folder.ts";

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-yours-now-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a wish for the device that was carried out", () => {
	it("is only answered when it is heard again: nothing that was given since is held up or taken", async () => {
		const wish = { id: randomUUID(), images: false };
		const state = new StateFolder(folder);
		await state.make();
		await writeYoursNow(state, { ...wish, done: true });
		const recorded: string[] = [];
		// Only what such a wish touches; an engine or a log would be a fault here.
		const context = {
			state,
			now: () => new Date(),
			records: {
				add: async ({ id }: { id: string }) => recorded.push(id),
			},
		} as unknown as GuardContext;
		const yoursNow = new YoursNowRunner({
			context,
			hold: () => Promise.reject(new Error("Nothing may be frozen.")),
			release: () => {},
			onRecord: () => {},
			onDone: () => {},
		});
		await yoursNow.finish();
		const answered = yoursNow.take(wish);
		expect(yoursNow.isUnderway).toBe(false);
		await answered;
		expect(recorded).toEqual([wish.id]);
	});
});
