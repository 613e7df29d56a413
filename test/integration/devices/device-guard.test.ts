import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { GuardRecord } from "../../../agent/core/protocol.ts";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import { forgetGuardRecords } from "../../../server/devices/guard/forget-guard-records-loop.ts";
import { storeGuardRecords } from "../../../server/devices/guard/guard-record-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { aPerson } from "../../support/device-factory.ts";
import { aBatch, aDevice } from "../../support/factories.ts";
import { openLivePage } from "../../support/live-page.ts";
import { ScriptedDevice } from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const devices: ScriptedDevice[] = [];
afterEach(() => {
	for (const device of devices.splice(0)) device.close();
});

/** A device of `ownerId` that is connected and takes no tasks. */
async function aGuardedDevice(ownerId?: string): Promise<ScriptedDevice> {
	const device = await ScriptedDevice.connect(
		database.db,
		server().url,
		() => undefined,
		{ offer: { cores: 0 }, ...(ownerId ? { ownerId } : {}) },
	);
	devices.push(device);
	await until("the device has its list", async () => device.wanted);
	return device;
}

const aRecord = (fields: Partial<GuardRecord> = {}): GuardRecord => ({
	id: randomUUID(),
	at: new Date().toISOString(),
	action: "freeze",
	reason: "cpu",
	detail: "CPU 63 % is above your 30 %.",
	latencyMs: 42,
	taskIds: [],
	...fields,
});

const say = (device: ScriptedDevice, ...records: GuardRecord[]) =>
	device.socket.timeout(5_000).emitWithAck("guard", { records });
const secondsAgo = (seconds: number) =>
	new Date(Date.now() - seconds * 1000).toISOString();
const asOwner = async (device: { ownerId: string }) =>
	callAs(
		server().services,
		await database.db.user.findUniqueOrThrow({ where: { id: device.ownerId } }),
	).devices;
const row = (id: string) =>
	database.db.device.findUniqueOrThrow({ where: { id } });

describe("guard records", () => {
	test("are durable when they are acknowledged, and known ones change nothing", async () => {
		const device = await aGuardedDevice();
		const record = aRecord();
		await expect(say(device, record, record)).resolves.toEqual({ ok: true });
		await expect(
			say(device, { ...record, detail: "Another story." }, aRecord()),
		).resolves.toEqual({ ok: true });
		const { items } = await (await asOwner(device)).guardRecords({
			deviceId: device.id,
		});
		expect(items).toHaveLength(2);
		expect(items.find(({ id }) => id === record.id)).toMatchObject({
			action: "freeze",
			reason: "cpu",
			detail: "CPU 63 % is above your 30 %.",
			latencyMs: 42,
		});
	});

	test("name only tasks that were this device's", async () => {
		const device = await aGuardedDevice();
		const batch = await aBatch(database.db, { state: "cancelled" });
		const [own, other] = await database.db.task.findMany({
			where: { batchId: batch.id },
		});
		await database.db.task.update({
			where: { id: own?.id ?? "" },
			data: { deviceId: device.id, state: "returned" },
		});
		const taskIds = [own, other].map((task) => task?.id ?? "");
		await say(device, aRecord({ taskIds }));
		const [stored] = await database.db.guardRecord.findMany({
			where: { deviceId: device.id },
		});
		expect(stored?.taskIds).toEqual([own?.id]);
	});

	test("that do not fit are refused whole", async () => {
		const device = await aGuardedDevice();
		const wrong = { ...aRecord(), reason: "boredom" } as never;
		await expect(say(device, aRecord(), wrong)).resolves.toEqual({ ok: false });
		expect(
			await database.db.guardRecord.count({ where: { deviceId: device.id } }),
		).toBe(0);
	});

	test("of a device whose clock is wrong are of a time that can be", async () => {
		const device = await aGuardedDevice();
		await say(
			device,
			aRecord({ at: "9999-12-31T23:59:59Z" }),
			aRecord({ at: "0000-01-01T00:00:00Z", detail: "a\u0000b" }),
		);
		const [late, early] = await database.db.guardRecord.findMany({
			where: { deviceId: device.id },
			orderBy: { at: "desc" },
		});
		expect(late?.at.getTime()).toBeLessThanOrEqual(Date.now());
		expect(early?.at.getTime()).toBeGreaterThan(Date.now() - 91 * 86_400_000);
		expect(early?.detail).toBe("a\ufffdb");
	});

	test("are listed page by page, the newest first", async () => {
		const device = await aGuardedDevice();
		const records = [5, 4, 3, 2, 1].map((seconds) =>
			aRecord({ at: secondsAgo(seconds) }),
		);
		await say(device, ...records);
		const owner = await asOwner(device);
		const seen: string[] = [];
		let cursor: string | undefined;
		do {
			const page = await owner.guardRecords({
				deviceId: device.id,
				limit: 2,
				cursor,
			});
			seen.push(...page.items.map(({ id }) => id));
			cursor = page.nextCursor;
		} while (cursor);
		expect(seen).toEqual(records.map(({ id }) => id).reverse());
	});

	test("are summed up for the last seven days", async () => {
		const device = await aGuardedDevice();
		await say(
			device,
			aRecord({ at: secondsAgo(8 * 86_400), latencyMs: 9_999 }),
			aRecord({ at: secondsAgo(100), latencyMs: 40 }),
			aRecord({ at: secondsAgo(70), action: "thaw", reason: "quiet" }),
			aRecord({ at: secondsAgo(50), latencyMs: 200 }),
			aRecord({ at: secondsAgo(45), action: "checkpoint", latencyMs: null }),
			aRecord({ at: secondsAgo(40), action: "giveBack", reason: "patience" }),
		);
		const { week } = await (await asOwner(device)).guard({
			deviceId: device.id,
		});
		expect(week).toMatchObject({
			freezes: 2,
			giveBacks: 1,
			freezeP50Ms: 40,
			freezeP99Ms: 200,
		});
		expect(week.frozenSeconds).toBeCloseTo(40, 0);
	});

	test("say how things stand: at work, stepped aside, at work again", async () => {
		const device = await aGuardedDevice();
		const owner = await asOwner(device);
		const state = () => owner.guard({ deviceId: device.id });
		expect(await state()).toMatchObject({ state: "idle" });
		const batch = await aBatch(database.db, { state: "cancelled" });
		const task = await database.db.task.findFirstOrThrow({
			where: { batchId: batch.id },
		});
		const is = (taskState: "running" | "paused") =>
			database.db.task.update({
				where: { id: task.id },
				data: { deviceId: device.id, state: taskState },
			});
		await is("running");
		expect(await state()).toMatchObject({ state: "working" });
		await is("paused");
		await say(device, aRecord({ at: secondsAgo(9) }));
		expect(await state()).toMatchObject({
			state: "steppedAside",
			detail: "CPU 63 % is above your 30 %.",
			latencyMs: 42,
		});
		await say(device, aRecord({ action: "thaw", reason: "quiet" }));
		expect(await state()).toMatchObject({ state: "working" });
	});

	test("are the owner's and the admins' to see, and nobody else's", async () => {
		const device = await aGuardedDevice();
		const admin = await aPerson(database.db, {
			accessLevel: ACCESS_LEVEL.admin,
		});
		const stranger = callAs(server().services, await aPerson(database.db));
		const input = { deviceId: device.id };
		await expect(
			callAs(server().services, admin).devices.guard(input),
		).resolves.toMatchObject({ state: "idle" });
		for (const ask of [
			() => stranger.devices.guard(input),
			() => stranger.devices.guardRecords(input),
			() => stranger.devices.rules(input),
			() => stranger.devices.needs(input),
			() => stranger.devices.yoursNow(input),
		])
			await expect(ask()).rejects.toMatchObject({ code: "NOT_FOUND" });
		await expect(
			callAs(server().services, admin).devices.yoursNow(input),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
	});

	test("tell the pages that show the device, and are counted", async () => {
		const device = await aGuardedDevice();
		const page = await openLivePage(server(), device.ownerId);
		await page.follow(`device:${device.id}`);
		await say(device, aRecord({ reason: "inUse" }));
		await until("the page has heard", async () => page.heard.length > 0);
		page.close();
		expect(page.heard[0]).toEqual({
			topic: `device:${device.id}`,
			event: { kind: "changed" },
		});
		const text = await (await fetch(`${server().url}/metrics`)).text();
		expect(text).toMatch(
			/lull_guard_actions_total\{action="freeze",reason="inUse"\} 1/,
		);
		expect(text).toMatch(/lull_guard_latency_milliseconds_bucket/);
	});

	test("of a device that says far too much are no longer kept, but still end a request", async () => {
		const device = await aGuardedDevice();
		const { requestId } = await (await asOwner(device)).yoursNow({
			deviceId: device.id,
		});
		const store = (...records: GuardRecord[]) =>
			storeGuardRecords(database.db, device.id, records, 3);
		expect(await store(aRecord(), aRecord(), aRecord())).toHaveProperty(
			"size",
			3,
		);
		const removed = aRecord({ id: requestId, action: "remove" });
		expect(await store(removed)).toHaveProperty("size", 0);
		expect(await row(device.id)).toMatchObject({ yoursNowId: null });
	});

	test("are forgotten after ninety days, and when a device says too much", async () => {
		const device = await aGuardedDevice();
		await database.db.guardRecord.deleteMany();
		await say(
			device,
			...[4, 3, 2, 1].map((s) => aRecord({ at: secondsAgo(s) })),
		);
		await database.db.guardRecord.create({
			data: {
				...aRecord(),
				at: secondsAgo(91 * 86_400),
				deviceId: device.id,
			},
		});
		expect(await forgetGuardRecords(server().services)).toBe(1);
		expect(await forgetGuardRecords(server().services, 3)).toBe(1);
		expect(await database.db.guardRecord.count()).toBe(3);
	});
});

describe("yours now", () => {
	test("reaches the device at once, stands until it answers, and leaves it paused", async () => {
		const device = await aGuardedDevice();
		const owner = await asOwner(device);
		const { requestId } = await owner.yoursNow({
			deviceId: device.id,
			images: true,
		});
		await until("the device has heard", async () => device.wanted?.yoursNow);
		expect(device.wanted).toMatchObject({
			paused: true,
			yoursNow: { id: requestId, images: true },
		});
		expect(await owner.guard({ deviceId: device.id })).toMatchObject({
			state: "leaving",
			yoursNow: { requestId, images: true },
		});

		await say(
			device,
			aRecord({
				id: requestId,
				action: "remove",
				reason: "yoursNow",
				latencyMs: 800,
			}),
		);
		await until(
			"the list has no request",
			async () => device.wanted?.yoursNow === null,
		);
		expect(await owner.guard({ deviceId: device.id })).toMatchObject({
			state: "gone",
			latencyMs: 800,
			yoursNow: null,
		});
		expect(await row(device.id)).toMatchObject({
			paused: true,
			yoursNowId: null,
			yoursNowImages: false,
		});
	});

	test("is one request however often it is pressed, and a new one when more is wished", async () => {
		const device = await aGuardedDevice();
		const owner = await asOwner(device);
		const press = async (images: boolean) =>
			(await owner.yoursNow({ deviceId: device.id, images })).requestId;
		const first = await press(false);
		expect(await press(false)).toBe(first);
		const withImages = await press(true);
		expect(withImages).not.toBe(first);
		expect(await press(false)).toBe(withImages);
		expect(await row(device.id)).toMatchObject({ yoursNowImages: true });
	});

	test("is not ended by another device, nor by the record of an older request", async () => {
		const device = await aGuardedDevice();
		const other = await aGuardedDevice();
		const owner = await asOwner(device);
		const { requestId: older } = await owner.yoursNow({ deviceId: device.id });
		await owner.resume({ deviceId: device.id });
		const { requestId } = await owner.yoursNow({ deviceId: device.id });
		await say(device, aRecord({ id: older, action: "remove" }));
		await say(device, aRecord({ id: requestId, action: "thaw" }));
		await say(other, aRecord({ id: requestId, action: "remove" }));
		expect(await row(device.id)).toMatchObject({ yoursNowId: requestId });
	});

	test("is taken back by resuming", async () => {
		const device = await aGuardedDevice();
		const owner = await asOwner(device);
		await owner.yoursNow({ deviceId: device.id });
		await owner.resume({ deviceId: device.id });
		await until(
			"the device may work again",
			async () =>
				device.wanted?.paused === false && device.wanted.yoursNow === null,
		);
	});

	test("for all devices is one press, and so is letting them work again", async () => {
		const device = await aGuardedDevice();
		const second = await aGuardedDevice(device.ownerId);
		const retired = await aDevice(database.db, {
			ownerId: device.ownerId,
			state: "retired",
		});
		const stranger = await aGuardedDevice();
		const owner = await asOwner(device);
		const { requests } = await owner.allYoursNow({});
		expect(requests.map(({ deviceId }) => deviceId).sort()).toEqual(
			[device.id, second.id].sort(),
		);
		for (const each of [device, second])
			await until("the device has heard", async () => each.wanted?.yoursNow);
		expect((await row(retired.id)).yoursNowId).toBeNull();
		expect((await row(stranger.id)).yoursNowId).toBeNull();
		await expect(owner.resumeAll({})).resolves.toEqual({ resumed: 2 });
		for (const each of [device, second])
			await until("the device works again", async () => !each.wanted?.paused);

		await owner.pause({ deviceId: second.id });
		const again = await owner.allYoursNow({});
		const wereBusy = again.requests.filter(({ wasPaused }) => !wasPaused);
		expect(wereBusy.map(({ deviceId }) => deviceId)).toEqual([device.id]);
		const deviceIds = [device.id, stranger.id];
		await expect(owner.resumeAll({ deviceIds })).resolves.toEqual({
			resumed: 1,
		});
		expect(await row(second.id)).toMatchObject({ paused: true });
	});

	test("does not wake a retired device", async () => {
		const retired = await aDevice(database.db, { state: "retired" });
		const owner = await asOwner(retired);
		await expect(
			owner.yoursNow({ deviceId: retired.id }),
		).rejects.toMatchObject({ code: "CONFLICT" });
	});
});
