import { describe, expect, it } from "vitest";
import { dueForSilentDevices } from "../../../server/work-units/review/review-store.ts";
import { takeReport } from "../../../server/work-units/tasks/take-report.ts";
import { aBatch, aDevice, aReport } from "../../support/factories.ts";
import { reviewDue } from "../../support/review-due.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const HOUR = 3_600_000;

/** Puts a waiting task on a device, as a lease does. */
async function lease(
	taskId: string,
	device: { id: string; ownerId: string },
	data: object = {},
) {
	const now = services().clock.now();
	const task = await database.db.task.update({
		where: { id: taskId },
		data: {
			state: "running",
			deviceId: device.id,
			ownerId: device.ownerId,
			cores: 1,
			leasedAt: now,
			leaseExpiresAt: new Date(now.getTime() + 300_000),
			deadlineAt: new Date(now.getTime() + HOUR),
			...data,
		},
	});
	await database.db.workUnit.update({
		where: { id: task.workUnitId },
		data: { reviewAt: task.deadlineAt },
	});
	return task;
}

async function aRunningWorkUnit(batch: Parameters<typeof aBatch>[1] = {}) {
	const { id, workUnitIds } = await aBatch(database.db, {
		deadlineSeconds: 3600,
		...batch,
	});
	const tasks = await database.db.task.findMany({
		where: { batchId: id },
		orderBy: { number: "asc" },
	});
	const devices = await Promise.all(tasks.map(() => aDevice(database.db)));
	for (const [i, device] of devices.entries())
		await lease(tasks[i]?.id ?? "", device);
	return { batchId: id, workUnitId: workUnitIds[0] ?? "", tasks, devices };
}
const tasksOf = (batchId: string) =>
	database.db.task.findMany({ where: { batchId }, orderBy: { number: "asc" } });
const review = () => reviewDue(services());

describe("reviewing on the real database", () => {
	it("gives a task up at its deadline, makes another, and still takes the late result", async () => {
		const { batchId, tasks, devices } = await aRunningWorkUnit();
		const [task, device] = [tasks[0], devices[0]];
		if (!task || !device) throw new Error("The work unit has no task.");
		services().clock.advance(HOUR + 1000);
		await review();
		expect((await tasksOf(batchId)).map(({ state }) => state)).toEqual([
			"lost",
			"lost",
			"unsent",
			"unsent",
		]);
		expect(
			await database.db.deviceTrust.findMany({
				where: { deviceId: device.id },
			}),
		).toMatchObject([{ lostTasks: 1, consecutiveValid: 0 }]);

		expect(
			await takeReport(
				services(),
				device.id,
				aReport(task.id, "late but right"),
			),
		).toEqual({ status: "accepted" });
		const other = devices[1];
		if (!other) throw new Error("There is no second device.");
		await takeReport(
			services(),
			other.id,
			aReport(tasks[1]?.id ?? "", "late but right"),
		);
		await review();
		expect((await tasksOf(batchId)).map(({ state }) => state)).toEqual([
			"valid",
			"valid",
			"cancelled",
			"cancelled",
		]);
		expect(
			await database.db.batch.findUniqueOrThrow({ where: { id: batchId } }),
		).toMatchObject({ state: "done", doneUnits: 1 });
	});

	it("gives up the tasks of a device that stays away, without being told", async () => {
		const { batchId, devices } = await aRunningWorkUnit();
		const now = services().clock.now();
		await database.db.device.update({
			where: { id: devices[0]?.id ?? "" },
			data: { state: "offline", presence: { update: { lastSeenAt: now } } },
		});
		services().clock.advance(6 * 60_000 + 1000);
		expect(
			await dueForSilentDevices(database.db, services().clock.now(), 60_000),
		).toBe(1);
		await review();
		expect((await tasksOf(batchId)).map(({ state }) => state)).toEqual([
			"lost",
			"running",
			"unsent",
		]);
	});

	it("asks for as many results as the work unit wants, whatever its batch began with", async () => {
		const { batchId, workUnitId, tasks, devices } = await aRunningWorkUnit({
			quorum: 2,
		});
		await database.db.workUnit.update({
			where: { id: workUnitId },
			data: { quorum: 1 },
		});
		await takeReport(
			services(),
			devices[0]?.id ?? "",
			aReport(tasks[0]?.id ?? "", "42"),
		);
		await review();
		expect((await tasksOf(batchId)).map(({ state }) => state)).toEqual([
			"valid",
			"running",
		]);
	});

	it("is done once by any number of reviewers at the same time", async () => {
		const units = await Promise.all(
			Array.from({ length: 5 }, () => aRunningWorkUnit()),
		);
		for (const { tasks, devices } of units)
			for (const [i, task] of tasks.entries())
				await takeReport(
					services(),
					devices[i]?.id ?? "",
					aReport(task.id, "42"),
				);
		await Promise.all(Array.from({ length: 6 }, review));
		await review();
		for (const { batchId, tasks } of units) {
			expect(
				await database.db.batch.findUniqueOrThrow({ where: { id: batchId } }),
			).toMatchObject({ doneUnits: 1, state: "done" });
			expect(
				await database.db.creditEntry.count({
					where: { taskId: { in: tasks.map(({ id }) => id) } },
				}),
			).toBe(2);
		}
		for (const { devices } of units)
			for (const { id } of devices)
				expect(
					await database.db.deviceTrust.findMany({ where: { deviceId: id } }),
				).toMatchObject([{ validTasks: 1, consecutiveValid: 1 }]);
	});

	it("takes one of two reports that race, and writes its outputs once", async () => {
		const { tasks, devices } = await aRunningWorkUnit();
		const [task, device] = [tasks[0], devices[0]];
		if (!task || !device) throw new Error("The work unit has no task.");
		const answers = await Promise.all(
			Array.from({ length: 8 }, () =>
				takeReport(services(), device.id, aReport(task.id, "same")),
			),
		);
		expect(new Set(answers.map(({ status }) => status))).toEqual(
			new Set(["accepted"]),
		);
		expect(
			await database.db.taskOutput.count({ where: { taskId: task.id } }),
		).toBe(1);
	});

	it("leaves nothing half done when it fails in the middle", async () => {
		const { batchId, workUnitId, tasks, devices } = await aRunningWorkUnit();
		for (const [i, task] of tasks.entries())
			await takeReport(
				services(),
				devices[i]?.id ?? "",
				aReport(task.id, "42"),
			);
		// The last thing a review writes is the batch's count: a batch that cannot be changed makes it fail there.
		await database.pool.query(`
			CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
			CREATE TRIGGER refuse BEFORE UPDATE ON "Batch" FOR EACH ROW WHEN (OLD."id" = '${batchId}') EXECUTE FUNCTION refuse()`);
		await expect(review()).rejects.toThrow("not now");
		expect((await tasksOf(batchId)).map(({ state }) => state)).toEqual([
			"reported",
			"reported",
		]);
		expect(await database.db.creditEntry.count({ where: { workUnitId } })).toBe(
			0,
		);
		await database.pool.query(
			`DROP TRIGGER refuse ON "Batch"; DROP FUNCTION refuse()`,
		);
		await review();
		expect(await database.db.creditEntry.count({ where: { workUnitId } })).toBe(
			2,
		);
	});
});
