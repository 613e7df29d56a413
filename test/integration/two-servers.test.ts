import { afterAll, describe, expect, it } from "vitest";
import { callAs } from "../support/api-caller.ts";
import { aBatch } from "../support/factories.ts";
import { type Behaviour, ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

const database = testDatabase();
const first = testServer(database);
const second = testServer(database);
const devices: ScriptedDevice[] = [];
afterAll(() => {
	for (const device of devices) device.close();
});
const double: Behaviour = ({ parameters }) => String(Number(parameters.n) * 2);

describe("two servers on one database", () => {
	it("pass on what an owner wishes to the one that the device is connected to, before it would ask", async () => {
		const device = await ScriptedDevice.connect(
			database.db,
			first().url,
			() => undefined,
			{ offer: { cores: 0 } },
		);
		await until("the device has its list", async () => device.wanted);
		const owner = await database.db.user.findUniqueOrThrow({
			where: { id: device.ownerId },
		});
		const { requestId } = await callAs(
			second().services,
			owner,
		).devices.yoursNow({ deviceId: device.id });
		await until(
			"the device has heard",
			async () => device.wanted?.yoursNow?.id === requestId,
			5_000,
		);
		device.close();
	});

	it("share the work: every task leased once, every copy with another owner, every credit granted once", async () => {
		const batch = await aBatch(database.db, { units: 60 });
		for (const server of [first, second, first, second])
			devices.push(
				await ScriptedDevice.connect(database.db, server().url, double),
			);
		const ended = await until(
			"the batch is done",
			async () => {
				const row = await database.db.batch.findUniqueOrThrow({
					where: { id: batch.id },
				});
				return row.state === "done" && row;
			},
			60_000,
		);
		expect(ended).toMatchObject({ doneUnits: 60, failedUnits: 0 });
		const tasks = await database.db.task.findMany({
			where: { batchId: batch.id },
		});
		expect(tasks).toHaveLength(120);
		const pairs = new Set(
			tasks.map(({ workUnitId, ownerId }) => `${workUnitId} ${ownerId}`),
		);
		expect(pairs.size).toBe(120);
		expect(await database.db.creditEntry.count()).toBe(120);
		const valid = await database.db.deviceTrust.aggregate({
			_sum: { validTasks: true },
		});
		expect(valid._sum.validTasks).toBe(120);
		// Both servers' devices had their share.
		for (const device of devices)
			expect(device.reported.length).toBeGreaterThan(0);
	}, 70_000);
});
