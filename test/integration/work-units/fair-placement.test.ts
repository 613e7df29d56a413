import { afterEach, describe, expect, it } from "vitest";
import { ownerRulesSchema } from "../../../agent/core/protocol.ts";
import { carryOutPlan } from "../../../server/scheduler/carry-out-plan.ts";
import { listUnsentTasks } from "../../../server/scheduler/lease-store.ts";
import type { DeviceOffer } from "../../../server/scheduler/placement-plan.ts";
import { planPlacements } from "../../../server/scheduler/plan-placements.ts";
import { RunTimeBook } from "../../../server/scheduler/run-time-book.ts";
import { RunnableBatches } from "../../../server/scheduler/runnable-batches.ts";
import {
	aBatch,
	aDevice,
	anAppVersion,
	aUser,
} from "../../support/factories.ts";
import {
	type Behaviour,
	ScriptedDevice,
} from "../../support/scripted-device.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServer } from "../../support/test-server.ts";
import { until } from "../../support/until.ts";
import { waitReasonsOf } from "../../support/wait-reasons-of.ts";

const database = testDatabase();
const server = testServer(database);
const other = testServer(database);
const devices: ScriptedDevice[] = [];
afterEach(async () => {
	for (const device of devices.splice(0)) device.close();
	// What a test left waiting must not be placed on the next test's devices.
	await database.db.batch.updateMany({ data: { state: "cancelled" } });
});

async function connect(
	behaviour: Behaviour,
	options: Parameters<typeof ScriptedDevice.connect>[3] = {},
	to = server(),
) {
	const device = await ScriptedDevice.connect(
		database.db,
		to.url,
		behaviour,
		options,
	);
	devices.push(device);
	return device;
}
const alone = { quorum: 1, targetCopies: 1 };
const isDone = async (id: string) =>
	(await database.db.batch.findUniqueOrThrow({ where: { id } })).state ===
	"done";
const never: Behaviour = () => undefined;

describe("batches that nobody can run", () => {
	it("keep no other from its turn, however many they are and however urgent, and say why they wait", async () => {
		const { db } = database;
		const huge = await anAppVersion(db, { cores: 64 });
		const stuck: { id: string }[] = [];
		for (let i = 0; i < 230; i++)
			stuck.push(await aBatch(db, { appVersionId: huge.id, priority: 9 }));
		const small = await anAppVersion(db, {
			projectId: huge.projectId,
			number: 2,
		});
		const behind = await aBatch(db, { ...alone, appVersionId: small.id });
		const elsewhere = await aBatch(db, alone);
		await connect(() => "1");
		await until("the others are done", async () =>
			Promise.all([isDone(behind.id), isDone(elsewhere.id)]).then((all) =>
				all.every(Boolean),
			),
		);
		await until("each of them says why it waits", async () => {
			const said = await Promise.all(
				stuck.map(({ id }) => waitReasonsOf(db, id)),
			);
			return said.every(({ notEnoughCores }) => notEnoughCores === 1);
		});
	}, 60_000);
});

describe("two projects that want the same devices", () => {
	it("take turns, whatever the priority of their batches and however many they have", async () => {
		const { db } = database;
		const loud = await anAppVersion(db);
		for (let i = 0; i < 15; i++)
			await aBatch(db, {
				...alone,
				appVersionId: loud.id,
				units: 4,
				priority: 9,
			});
		const quiet = await aBatch(db, { ...alone, units: 15 });
		await connect(() => "1", { offer: { cores: 1 } });
		await until("the quiet one is done", () => isDone(quiet.id), 60_000);
		const { _sum } = await db.batch.aggregate({
			where: { projectId: loud.projectId },
			_sum: { doneUnits: true },
		});
		expect(_sum.doneUnits).toBeGreaterThan(9);
		expect(_sum.doneUnits).toBeLessThan(25);
	}, 70_000);
});

describe("why tasks wait", () => {
	it("is told by those who have devices, together", async () => {
		const { db } = database;
		const version = await anAppVersion(db, { cores: 2 });
		const batch = await aBatch(db, { appVersionId: version.id });
		await connect(never, { offer: { cores: 1 } });
		await until(
			"one device has said no",
			async () => (await waitReasonsOf(db, batch.id)).notEnoughCores === 1,
		);
		const second = await connect(never, { offer: { cores: 1 } }, other());
		await until(
			"both have",
			async () => (await waitReasonsOf(db, batch.id)).notEnoughCores === 2,
		);
		second.close();
		await until(
			"only the first one's counts",
			async () => (await waitReasonsOf(db, batch.id)).notEnoughCores === 1,
		);
		const said = await db.batchWait.findMany({ where: { batchId: batch.id } });
		expect(said).toHaveLength(1);
	});
});

/** What a device offers, without a connection. */
async function anOffer(ownerId?: string): Promise<DeviceOffer> {
	const device = await aDevice(database.db, ownerId ? { ownerId } : {});
	const much = { cores: 100, memoryMiB: 1e6, diskMiB: 1e6 };
	return {
		deviceId: device.id,
		ownerId: device.ownerId ?? device.id,
		platform: "linux/amd64",
		capacity: much,
		free: { ...much },
		images: new Set(),
		until: null,
		floatOpsPerSecond: 1e9,
		forecasts: null,
		rules: ownerRulesSchema.parse({}),
	};
}

/** A plan for these devices, as a process of its own makes it. */
async function planFor(batchIds: readonly string[], offers: DeviceOffer[]) {
	const { db } = database;
	const clock = { now: () => new Date() };
	const batches = await new RunnableBatches(
		db,
		new RunTimeBook({ db, clock }),
	).needsOf(batchIds);
	return planPlacements(
		{
			tasks: await listUnsentTasks(
				db,
				batchIds.map((batchId) => ({ batchId, most: 1_000 })),
				offers.map(({ ownerId }) => ownerId),
			),
			batches,
			offers,
			marks: new Map(),
			now: new Date(),
		},
		Math.random,
	);
}
const pairsOf = async (batchId: string) =>
	(
		await database.db.task.findMany({
			where: { batchId, ownerId: { not: null } },
		})
	).map(({ workUnitId, ownerId }) => `${workUnitId} ${ownerId}`);

describe("plans of several processes", () => {
	it("are carried out only as far as they are still true", async () => {
		const { db } = database;
		const owner = await aUser(db);
		const batch = await aBatch(db, { units: 20, placement: "spread" });
		const [first, second] = [
			[await anOffer(owner.id), await anOffer()],
			[await anOffer(owner.id), await anOffer()],
		];
		// Made at the same moment, from the same tasks.
		const [one, two] = await Promise.all(
			[first, second].map((offers) => planFor([batch.id], offers)),
		);
		if (!one || !two) throw new Error("There are no plans.");
		const now = new Date();
		// The one leaves a copy of each work unit to the other.
		const half = one.placements.filter(
			({ ownerId, workUnitId }, i) =>
				ownerId === owner.id ||
				!one.placements.some(
					(before, j) => j !== i && before.workUnitId === workUnitId,
				),
		);
		const mine = await carryOutPlan(db, { placements: half, cuts: [] }, now);
		expect(mine.leased).toHaveLength(20);
		const theirs = await carryOutPlan(db, two, now);
		expect(theirs.leased.length).toBeGreaterThan(0);
		expect(theirs.leased.every(({ ownerId }) => ownerId !== owner.id)).toBe(
			true,
		);
		const pairs = await pairsOf(batch.id);
		expect(new Set(pairs).size).toBe(pairs.length);
	});

	it("never give one owner two copies of a work unit, when they are carried out at once", async () => {
		const { db } = database;
		const owners = await Promise.all([aUser(db), aUser(db)]);
		const batch = await aBatch(db, {
			units: 30,
			quorum: 2,
			targetCopies: 3,
			placement: "random",
		});
		const processes = await Promise.all(
			Array.from({ length: 4 }, () =>
				Promise.all(owners.map(({ id }) => anOffer(id))),
			),
		);
		for (let round = 0; round < 6; round++) {
			const plans = await Promise.all(
				processes.map((offers) => planFor([batch.id], offers)),
			);
			await Promise.all(
				plans.map((plan) => carryOutPlan(db, plan, new Date())),
			);
		}
		const pairs = await pairsOf(batch.id);
		expect(new Set(pairs).size).toBe(pairs.length);
		// Two owners, thirty work units: no copy more, and none that was there to be had is left.
		expect(pairs).toHaveLength(60);
	});

	it("are made of other tasks when too many were lost, so that processes do not work in vain", async () => {
		const { db } = database;
		const batch = await aBatch(db, { ...alone, units: 200 });
		for (let i = 0; i < 4; i++)
			await connect(() => "1", {}, i % 2 ? other() : server());
		await until("it is done", () => isDone(batch.id), 60_000);
	}, 70_000);
});
