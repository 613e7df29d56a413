import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { HALF_LIFE_MS } from "../../../server/credit/recent-average.ts";
import { countOverview } from "../../../server/overview/overview-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { aDevice, aPerson } from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const everyone = () => callAs(services(), null).credit;
const now = () => services().clock.now();
const ago = (milliseconds: number) => new Date(now().getTime() - milliseconds);

/** What somebody was granted in all and, as of then, lately. */
const granted = (total: number, recent = 0, recentAt = now()) => ({
	create: { total, recent, recentAt },
});

/** Credit for one task of a device, as the ledger has it. */
async function aCreditEntry(
	device: { id: string; ownerId: string },
	amount: number,
	grantedAt: Date,
) {
	const { db } = database;
	const project = await db.project.create({
		data: {
			slug: randomUUID(),
			ownerId: device.ownerId,
			name: "Class numbers",
			scienceArea: "Mathematics",
			description: "",
			impact: "",
			state: "approved",
			credit: { create: { total: amount } },
		},
	});
	const appVersion = await db.appVersion.create({
		data: {
			projectId: project.id,
			number: 1,
			source: "code",
			sourceDetails: {},
			estimatedOperations: 1,
			comparison: {},
			state: "approved",
		},
	});
	const batch = await db.batch.create({
		data: {
			projectId: project.id,
			appVersionId: appVersion.id,
			submitterId: device.ownerId,
			name: "first",
			estimatedOperations: 1,
			workUnits: 2,
			doneUnits: 1,
		},
	});
	const workUnit = await db.workUnit.create({
		data: {
			batchId: batch.id,
			index: 0,
			parameters: {},
			quorum: 1,
			targetCopies: 1,
			state: "done",
		},
	});
	const task = await db.task.create({
		data: {
			workUnitId: workUnit.id,
			batchId: batch.id,
			number: 0,
			state: "valid",
			deviceId: device.id,
		},
	});
	await db.creditEntry.create({
		data: {
			taskId: task.id,
			workUnitId: workUnit.id,
			projectId: project.id,
			deviceId: device.id,
			userId: device.ownerId,
			amount,
			grantedAt,
		},
	});
	return { projectId: project.id };
}

describe("the leaderboard of people", () => {
	test("ranks by total credit, and by the recent average as it has decayed until now", async () => {
		const steady = await aPerson(database.db, {
			name: "Steady",
			credit: granted(900, 50),
		});
		const stopped = await aPerson(database.db, {
			name: "Stopped",
			credit: granted(1000, 80, ago(HALF_LIFE_MS)),
		});
		const total = await everyone().users({ order: "total" });
		expect(total.items.map(({ id, rank }) => [id, rank])).toEqual([
			[stopped.id, 1],
			[steady.id, 2],
		]);
		const recent = await everyone().users({ order: "recent" });
		expect(recent.items.map(({ id }) => id)).toEqual([steady.id, stopped.id]);
		expect(recent.items[1]?.recentCredit).toBeCloseTo(40, 6);
	});

	test("shows nobody who does not want it, is suspended or gave nothing", async () => {
		const hidden = [
			await aPerson(database.db, {
				credit: granted(5000),
				showOnLeaderboard: false,
			}),
			await aPerson(database.db, { credit: granted(5000), suspendedAt: now() }),
			await aPerson(database.db),
		].map(({ id }) => id);
		const { items } = await everyone().users({ limit: 200 });
		expect(items.filter(({ id }) => hidden.includes(id))).toEqual([]);
	});

	test("says nothing of e-mail addresses", async () => {
		const { email } = await aPerson(database.db, { credit: granted(1) });
		expect(
			JSON.stringify(await everyone().users({ limit: 200 })),
		).not.toContain(email);
	});

	test("pages without a gap and without a rank twice", async () => {
		for (let index = 0; index < 5; index += 1)
			await aPerson(database.db, { credit: granted(10) });
		const whole = await everyone().users({ limit: 200 });
		const first = await everyone().users({ limit: 3 });
		const second = await everyone().users({
			limit: 3,
			cursor: first.nextCursor,
		});
		expect([...first.items, ...second.items]).toEqual(whole.items.slice(0, 6));
	});
});

test("the leaderboard of devices leaves out those of people who are not shown", async () => {
	const shy = await aPerson(database.db, { showOnLeaderboard: false });
	const shown = await aDevice(database.db, { credit: granted(70) });
	const hidden = await aDevice(database.db, {
		credit: granted(90),
		ownerId: shy.id,
	});
	const ids = (await everyone().devices({})).items.map(({ id }) => id);
	expect(ids).toContain(shown.id);
	expect(ids).not.toContain(hidden.id);
});

test("a cursor that is no rank is refused", async () => {
	for (const cursor of ["-1", "1e3", "99999", "'; DROP TABLE"])
		await expect(everyone().users({ cursor })).rejects.toMatchObject({
			code: "BAD_REQUEST",
		});
});

test("one's own credit comes by day, with the days on which there was none", async () => {
	const device = await aDevice(database.db);
	await aCreditEntry(device, 3, now());
	await aCreditEntry(device, 4, now());
	await aCreditEntry(device, 5, ago(2 * 86_400_000));
	await aCreditEntry(device, 99, ago(40 * 86_400_000));
	const owner = { id: device.ownerId, name: "", email: "", accessLevel: 30 };
	const { items } = await callAs(services(), owner).credit.history({ days: 3 });
	expect(items.map(({ amount }) => amount)).toEqual([5, 0, 7]);
	expect(items[2]?.day).toBe(now().toISOString().slice(0, 10));
});

test("the overview counts what is going on, for anyone who asks", async () => {
	const before = await countOverview(database.db, now());
	await aDevice(database.db, { state: "online", cores: 4 });
	await aDevice(database.db, { state: "online", cores: 8, paused: true });
	const device = await aDevice(database.db, { state: "offline", cores: 16 });
	await aCreditEntry(device, 7, now());
	await aCreditEntry(device, 11, ago(2 * 86_400_000));
	const after = await countOverview(database.db, now());
	expect(after).toEqual({
		...before,
		devicesOnline: before.devicesOnline + 2,
		coresLending: before.coresLending + 4,
		owners: before.owners + 3,
		workUnitsDone: before.workUnitsDone + 2,
		workUnitsDoneToday: before.workUnitsDoneToday + 1,
		creditGranted: before.creditGranted + 18,
		creditGrantedToday: before.creditGrantedToday + 7,
		projectsActive: before.projectsActive + 2,
	});
	services().clock.advance(60_000);
	const [one, other] = await Promise.all([
		callAs(services(), null).overview.get({}),
		callAs(services(), null).overview.get({}),
	]);
	expect(one).toEqual(other);
	expect(one.at).toEqual(now());
});
