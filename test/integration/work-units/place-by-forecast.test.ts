import { afterEach, describe, expect, it } from "vitest";
import type { Parameters } from "../../../agent/core/protocol.ts";
import { inTransaction } from "../../../server/database/db.ts";
import { applyCuts } from "../../../server/scheduler/cut-store.ts";
import type { WorkUnitPart } from "../../../server/scheduler/cut-work-unit.ts";
import { aBatch, anAppVersion } from "../../support/factories.ts";
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
const devices: ScriptedDevice[] = [];
afterEach(async () => {
	for (const device of devices.splice(0)) device.close();
	// What a test left waiting must not be placed on the next test's devices.
	await database.db.batch.updateMany({ data: { state: "cancelled" } });
});

async function connect(behaviour: Behaviour) {
	const device = await ScriptedDevice.connect(
		database.db,
		server().url,
		behaviour,
	);
	devices.push(device);
	return device;
}

const count: Behaviour = ({ parameters }) =>
	`${parameters.start} ${parameters.count}`;

/** A work unit of a hundred hours on one of the devices: longer than any forecast reaches with nine tenths. */
const HUNDRED_HOURS = 100 * 3600 * 2e9;

async function aLongBatch(cutting: object | undefined) {
	const version = await anAppVersion(database.db, {
		command: ["/bin/count", "{start}", "{count}"],
		estimatedOperations: HUNDRED_HOURS,
		...(cutting && { cutting }),
	});
	return aBatch(database.db, {
		appVersionId: version.id,
		units: 2,
		parametersOf: (index) => ({ start: String(index * 1000), count: "1000" }),
	});
}

describe("placing by forecast", () => {
	it("says of tasks that are too long for every device how long they are and what would fit", async () => {
		const batch = await aLongBatch(undefined);
		await connect(count);
		const reasons = await until("the batch says why it waits", async () => {
			const waitReasons = await waitReasonsOf(database.db, batch.id);
			return "fit" in waitReasons && waitReasons;
		});
		expect(reasons).toMatchObject({
			forecastTooShort: 1,
			fit: { confidence: 0.9 },
		});
		const placed = await database.db.task.count({
			where: { batchId: batch.id, state: { not: "unsent" } },
		});
		expect(placed).toBe(0);
	});

	it("cuts work units that may be cut to the window, and loses and doubles nothing", async () => {
		const batch = await aLongBatch({
			first: "start",
			size: "count",
			smallest: 1,
		});
		await connect(count);
		await connect(count);
		const done = await until("the batch is done", async () => {
			const now = await database.db.batch.findUniqueOrThrow({
				where: { id: batch.id },
			});
			return now.state === "done" && now;
		});
		const units = await database.db.workUnit.findMany({
			where: { batchId: batch.id },
			orderBy: { index: "asc" },
			include: { tasks: true },
		});
		expect(units.length).toBeGreaterThan(2);
		expect(done.workUnits).toBe(units.length);
		expect(done.doneUnits).toBe(units.length);
		expect(units.map(({ index }) => index)).toEqual(units.map((_, i) => i));
		expect(units.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(2, 6);
		const pieces = units
			.map(({ parameters }) => parameters as Record<string, string>)
			.map(({ start, count }) => [Number(start), Number(count)] as const)
			.toSorted(([a], [b]) => a - b);
		let next = 0;
		for (const [start, size] of pieces) {
			expect(start).toBe(next);
			next += size;
		}
		expect(next).toBe(2000);
		expect(units.every(({ tasks }) => tasks.length === 2)).toBe(true);
	});

	it("cuts nothing of a batch that is not open any more, of what was placed, nor of what another process has cut before", async () => {
		const { db } = database;
		const parts: [WorkUnitPart, WorkUnitPart] = [
			{ share: 0.25, parameters: { start: "0", count: "1" } },
			{ share: 0.75, parameters: { start: "1", count: "3" } },
		];
		const cutOf = async (
			batch: { id: string; workUnitIds: string[] },
			share = 1,
		) => {
			const [workUnitId = ""] = batch.workUnitIds;
			const { parameters } = await db.workUnit.findUniqueOrThrow({
				where: { id: workUnitId },
			});
			const whole = { parameters: parameters as Parameters, share };
			const cut = { workUnitId, batchId: batch.id, whole, parts };
			const count = await inTransaction(db, (transaction) =>
				applyCuts(transaction, [cut], new Date()),
			);
			const units = await db.workUnit.count({ where: { batchId: batch.id } });
			return [count, units];
		};
		const batch = await aBatch(db);
		expect(await cutOf(batch)).toEqual([1, 2]);
		expect(await cutOf(batch)).toEqual([0, 2]);
		expect(await cutOf(batch, 0.25)).toEqual([1, 3]);
		expect(await cutOf(await aBatch(db, { state: "cancelled" }))).toEqual([
			0, 1,
		]);
		const begun = await aBatch(db);
		const task = await db.task.findFirstOrThrow({
			where: { batchId: begun.id },
		});
		await db.task.update({
			where: { id: task.id },
			data: { state: "returned" },
		});
		expect(await cutOf(begun)).toEqual([0, 1]);
	});

	it("gives the new part of a work unit the quorum and the copies of the old", async () => {
		const { db } = database;
		const { id: batchId, workUnitIds } = await aBatch(db);
		const [workUnitId = ""] = workUnitIds;
		await db.workUnit.update({
			where: { id: workUnitId },
			data: { quorum: 1, targetCopies: 1 },
		});
		const parts: [WorkUnitPart, WorkUnitPart] = [
			{ share: 0.25, parameters: { start: "0", count: "1" } },
			{ share: 0.75, parameters: { start: "1", count: "3" } },
		];
		const whole = { parameters: { n: "0" }, share: 1 };
		await inTransaction(db, (transaction) =>
			applyCuts(
				transaction,
				[{ workUnitId, batchId, whole, parts }],
				new Date(),
			),
		);
		expect(
			await db.workUnit.findFirst({ where: { batchId, index: 1 } }),
		).toMatchObject({ quorum: 1, targetCopies: 1 });
	});

	it("keeps the forecast that a placement rests on, and learns how long the task really took", async () => {
		const version = await anAppVersion(database.db, {
			estimatedOperations: 60 * 2e9,
		});
		const batch = await aBatch(database.db, {
			appVersionId: version.id,
			quorum: 1,
			targetCopies: 1,
		});
		const device = await connect(() => "1");
		await until("the batch is done", async () => {
			const now = await database.db.batch.findUniqueOrThrow({
				where: { id: batch.id },
			});
			return now.state === "done";
		});
		const [score] = await database.db.forecastScore.findMany({
			where: { deviceId: device.id },
		});
		expect(score).toMatchObject({ windowSeconds: 300, limit: 30, held: null });
		expect(score?.probability).toBeGreaterThan(0.9);
		const record = await until("the run time is learned", () =>
			database.db.deviceTrust.findFirst({
				where: {
					appVersionId: version.id,
					deviceId: device.id,
					count: { gt: 0 },
				},
			}),
		);
		expect(record?.count).toBe(1);
	});
});
