import { afterEach, describe, expect, test } from "vitest";
import { ACCESS_LEVEL } from "../../../server/accounts/access-level.ts";
import { markSilentDevices } from "../../../server/devices/mark-silent-devices-loop.ts";
import { mayFollow } from "../../../server/portal-events/may-follow.ts";
import { countOpenUploadsOfDevice } from "../../../server/storage/uploads/upload-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { creditOfBatch } from "../../support/credit-of-batch.ts";
import { aPerson } from "../../support/device-factory.ts";
import {
	aBatch,
	aDevice,
	aDeviceWithoutAccount,
	aReport,
	aUser,
} from "../../support/factories.ts";
import {
	type Behaviour,
	ScriptedDevice,
} from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";
import { waitReasonsOf } from "../../support/wait-reasons-of.ts";

/** Nothing makes such devices yet; here they are put into the database by hand. */

const database = testDatabase();
const server = testServer(database);
const services = testServices(database);
const devices: ScriptedDevice[] = [];
afterEach(() => {
	for (const device of devices.splice(0)) device.close();
});

async function connect(behaviour: Behaviour) {
	const { db } = database;
	const device = await ScriptedDevice.connect(db, server().url, behaviour, {
		ownerId: null,
	});
	devices.push(device);
	return device;
}

const batchEnds = (id: string) =>
	until("the batch is done", async () => {
		const batch = await database.db.batch.findUniqueOrThrow({ where: { id } });
		return batch.state === "done" && batch;
	});

describe("devices without an account", () => {
	test("compute, are judged against each other, and get the credit themselves", async () => {
		const batch = await aBatch(database.db, { units: 6 });
		const squares: Behaviour = ({ parameters }) =>
			String(Number(parameters.n) ** 2);
		const pair = [await connect(squares), await connect(squares)];
		expect(await batchEnds(batch.id)).toMatchObject({ doneUnits: 6 });

		const tasks = await database.db.task.findMany({
			where: { batchId: batch.id },
		});
		for (const { ownerId, deviceId } of tasks) expect(ownerId).toBe(deviceId);
		const entries = await creditOfBatch(database.db, batch.id);
		expect(entries).toHaveLength(12);
		for (const { userId } of entries) expect(userId).toBeNull();
		const sum = entries.reduce((total, { amount }) => total + amount, 0);
		for (const { id } of pair) {
			const credit = await database.db.deviceCredit.findUniqueOrThrow({
				where: { deviceId: id },
			});
			expect(credit.total).toBeCloseTo(sum / 2, 9);
		}
		expect(await database.db.userCredit.count()).toBe(0);
		const project = await database.db.projectCredit.findUniqueOrThrow({
			where: { projectId: batch.projectId },
		});
		expect(project.total).toBeCloseTo(sum, 9);
	});

	test("are each their own owner, so that one alone is never a quorum", async () => {
		const batch = await aBatch(database.db, { units: 1 });
		const alone = await connect(() => "1");
		await until("it has reported", async () => alone.reported.length === 1);
		await until("the batch says that it needs another owner", async () => {
			const waitReasons = await waitReasonsOf(database.db, batch.id);
			return "needsAnotherOwner" in waitReasons;
		});
		await connect(() => "1");
		expect(await batchEnds(batch.id)).toMatchObject({ doneUnits: 1 });
	});

	test("keep the credit for a task that they were given before they got one", async () => {
		const batch = await aBatch(database.db, {
			units: 1,
			quorum: 1,
			targetCopies: 1,
		});
		const device = await connect(() => undefined);
		const { taskId } = await until(
			"the task is assigned",
			async () => device.wanted?.assignments[0],
		);
		const owner = await aUser(database.db);
		await database.db.device.update({
			where: { id: device.id },
			data: { ownerId: owner.id },
		});
		await device.report(aReport(taskId, "1"));
		await batchEnds(batch.id);
		expect(await creditOfBatch(database.db, batch.id)).toMatchObject([
			{ userId: null, deviceId: device.id },
		]);
	});

	test("have a share of the uploads of their own", async () => {
		const { id } = await aDeviceWithoutAccount(database.db);
		const other = await aDeviceWithoutAccount(database.db);
		for (const deviceId of [id, id, other.id])
			await database.db.upload.create({
				data: {
					purpose: "taskOutput",
					deviceId,
					name: "result",
					bytes: 10,
					expiresAt: new Date(Date.now() + 60_000),
				},
			});
		const share = { uploads: 2, bytes: 20 };
		expect(await countOpenUploadsOfDevice(database.db, id, id)).toEqual({
			device: share,
			owner: share,
		});
	});
});

describe("a device without an account", () => {
	test("is seen by admins only, who can block it and nothing else", async () => {
		const { id } = await aDeviceWithoutAccount(database.db);
		await aDevice(database.db);
		const admin = await aPerson(database.db, {
			accessLevel: ACCESS_LEVEL.admin,
		});
		const person = await aPerson(database.db);
		const seen = await callAs(services(), admin).devices.get({ deviceId: id });
		expect(seen).toMatchObject({ owner: null, totalCredit: 0 });
		const { items } = await callAs(services(), admin).devices.listAll({});
		expect(items.map((device) => device.id)).toContain(id);
		await callAs(services(), admin).devices.block({
			deviceId: id,
			reason: "Its results differ.",
		});
		await expect(
			callAs(services(), admin).devices.pause({ deviceId: id }),
		).rejects.toMatchObject({ code: "FORBIDDEN" });
		await expect(
			callAs(services(), person).devices.get({ deviceId: id }),
		).rejects.toMatchObject({ code: "NOT_FOUND" });
		for (const [viewer, may] of [
			[admin, true],
			[person, false],
			[null, false],
		] as const)
			expect(await mayFollow(database.db, viewer, `device:${id}`)).toBe(may);
	});

	test("is on no leaderboard, whatever it was granted", async () => {
		const recentAt = services().clock.now();
		const { id } = await aDeviceWithoutAccount(database.db, {
			credit: { create: { total: 1e6, recent: 1e5, recentAt } },
		});
		const { items } = await callAs(services(), null).credit.devices({
			limit: 200,
		});
		expect(items.map((device) => device.id)).not.toContain(id);
	});

	test("falls silent on its own page and on no owner's", async () => {
		const { id } = await aDeviceWithoutAccount(database.db, {
			presence: {
				create: {
					connectionId: "a connection",
					lastSeenAt: services().clock.now(),
				},
			},
		});
		services().clock.advance(60_000);
		const topics: string[] = [];
		const stop = services().events.onAny((topic) => topics.push(topic));
		await markSilentDevices(services());
		stop();
		expect(topics).toContain(`device:${id}`);
		expect(topics).not.toContain("devicesOf:null");
	});
});
