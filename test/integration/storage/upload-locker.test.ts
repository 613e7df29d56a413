import { randomUUID } from "node:crypto";
import type { Lock } from "@tus/utils";
import { describe, expect, it } from "vitest";
import {
	createUploadReleases,
	type UploadReleases,
} from "../../../server/events/upload-releases.ts";
import { createLogger } from "../../../server/logger.ts";
import { createUploadLocker } from "../../../server/storage/uploads/upload-locker.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();

/** Two server processes that hear each other. */
function twoProcesses() {
	type Listener = (names: string[], from: string) => void;
	const listeners: [Listener[], Listener[]] = [[], []];
	const channelOf = (me: 0 | 1) => ({
		send: (_kind: string, names: Iterable<string>) => {
			for (const hear of listeners[1 - me] ?? []) hear([...names], "other");
		},
		on: (_kind: string, listener: Listener) => {
			listeners[me].push(listener);
			return () => undefined;
		},
	});
	const lockerOf = (releases: UploadReleases) =>
		createUploadLocker(database.db, releases, createLogger("silent"));
	return [
		lockerOf(createUploadReleases(channelOf(0))),
		lockerOf(createUploadReleases(channelOf(1))),
	] as const;
}

async function anUpload(): Promise<string> {
	const { id } = await database.db.upload.create({
		data: {
			purpose: "batchInput",
			name: "x",
			bytes: 10,
			expiresAt: new Date(Date.now() + 60_000),
		},
	});
	return id;
}

const never = new AbortController().signal;
const take = (lock: Lock, onAsked: () => void = () => undefined) =>
	lock.lock(never, onAsked);

describe("an upload", () => {
	it("is one request's at a time, also of two processes, and goes to the next when the first is asked to stop", async () => {
		const [one, other] = twoProcesses();
		const id = await anUpload();
		const [first, second] = [one.newLock(id), other.newLock(id)];
		const order: string[] = [];
		await take(first, () => {
			order.push("the first is asked");
			void first.unlock();
		});
		order.push("the first has it");
		await take(second);
		order.push("the second has it");
		expect(order.slice(0, 2)).toEqual([
			"the first has it",
			"the first is asked",
		]);
		expect(order.at(-1)).toBe("the second has it");
		await second.unlock();
		await take(first);
		await first.unlock();
	});

	it("is free again when the process that held it has died", async () => {
		const [one, other] = twoProcesses();
		const id = await anUpload();
		const dead = one.newLock(id);
		await take(dead);
		await database.db.upload.update({
			where: { id },
			data: { heldUntil: new Date(Date.now() - 1_000) },
		});
		const alive = other.newLock(id);
		await take(alive);
		// Its end takes nothing from who has it now.
		await dead.unlock();
		const { heldBy } = await database.db.upload.findUniqueOrThrow({
			where: { id },
		});
		expect(heldBy).not.toBeNull();
		await alive.unlock();
	});

	it("is waited for no longer than whoever waits is there", async () => {
		const [one, other] = twoProcesses();
		const id = await anUpload();
		const holder = one.newLock(id);
		await take(holder);
		await expect(
			other.newLock(id).lock(AbortSignal.abort(), () => undefined),
		).rejects.toMatchObject({ status_code: 500 });
		await holder.unlock();
	});

	it("that does not exist holds nobody up", async () => {
		const [one] = twoProcesses();
		const lock = one.newLock(randomUUID());
		await take(lock);
		await lock.unlock();
	});
});
