import { describe, expect, test } from "vitest";
import {
	appendCredit,
	type Grant,
} from "../../../server/credit/credit-store.ts";
import {
	decayRecentCredit,
	HALF_LIFE_MS,
	RECENT_SHARE,
} from "../../../server/credit/recent-average.ts";
import { inTransaction } from "../../../server/database/db.ts";
import { aBatch, aDevice } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
const now = new Date("2026-11-20T12:00:00Z");

/** Tasks of one project that may be granted something, and devices of an owner each to grant it to. */
async function someWork(tasks: number, devices: number) {
	const { id: batchId, projectId } = await aBatch(database.db, {
		units: tasks,
		targetCopies: 1,
	});
	const rows = await database.db.task.findMany({
		where: { batchId },
		orderBy: { id: "asc" },
	});
	const hands = [];
	for (let index = 0; index < devices; index += 1)
		hands.push(await aDevice(database.db));
	return { projectId, tasks: rows, devices: hands };
}

const aGrant = (
	{ projectId }: { projectId: string },
	task: { id: string; workUnitId: string } | undefined,
	device: { id: string; ownerId: string } | undefined,
	amount: number,
): Grant => {
	if (!task || !device) throw new Error("There is no such task or device.");
	return {
		taskId: task.id,
		workUnitId: task.workUnitId,
		projectId,
		deviceId: device.id,
		userId: device.ownerId,
		amount,
	};
};

const grant = (grants: Grant[], at = now) =>
	inTransaction(database.db, (db) => appendCredit(db, grants, at));

describe("a grant of credit", () => {
	test("is once for a task, and the totals follow the ledger", async () => {
		const work = await someWork(2, 1);
		const [device] = work.devices;
		const first = aGrant(work, work.tasks[0], device, 3);
		await grant([first]);
		await grant([first, aGrant(work, work.tasks[1], device, 4)]);
		const where = { deviceId: device?.id ?? "" };
		expect(await database.db.deviceCredit.findUnique({ where })).toMatchObject({
			total: 7,
		});
		expect(
			await database.db.projectCredit.findUnique({
				where: { projectId: work.projectId },
			}),
		).toMatchObject({ total: 7 });
		expect(await database.db.creditEntry.count({ where })).toBe(2);
	});

	test("outlasts the task and the work unit that it was for, and the team that it was given to cannot go", async () => {
		const work = await someWork(1, 1);
		const [task] = work.tasks;
		const given = aGrant(work, task, work.devices[0], 3);
		await grant([given]);
		const team = await database.db.team.create({ data: { name: "Lions" } });
		const where = { taskId: given.taskId };
		await database.db.creditEntry.update({
			where,
			data: { teamId: team.id },
		});
		await database.db.task.delete({ where: { id: given.taskId } });
		await database.db.workUnit.delete({ where: { id: given.workUnitId } });
		expect(await database.db.creditEntry.findUnique({ where })).toMatchObject({
			amount: 3,
			workUnitId: given.workUnitId,
		});
		await expect(
			database.db.team.delete({ where: { id: team.id } }),
		).rejects.toThrow();
		await grant([given]);
		expect(await database.db.creditEntry.count({ where })).toBe(1);
	});

	test("adds to the recent average as it has decayed, and one from before does not turn it back", async () => {
		const work = await someWork(3, 1);
		const [device] = work.devices;
		const week = new Date(now.getTime() + HALF_LIFE_MS);
		await grant([aGrant(work, work.tasks[0], device, 8)]);
		await grant([aGrant(work, work.tasks[1], device, 2)], week);
		const expected =
			decayRecentCredit(8 * RECENT_SHARE, now, week) + 2 * RECENT_SHARE;
		const find = () =>
			database.db.userCredit.findUniqueOrThrow({
				where: { userId: device?.ownerId ?? "" },
			});
		expect((await find()).recent).toBeCloseTo(expected, 12);
		await grant([aGrant(work, work.tasks[2], device, 1)]);
		const { recent, recentAt, total } = await find();
		expect(total).toBe(11);
		expect(recentAt).toEqual(week);
		expect(recent).toBeCloseTo(expected + RECENT_SHARE, 12);
	});

	test("waits for nobody who writes the rows of its project, owner or device, nor for a submission that reads them", async () => {
		const work = await someWork(1, 1);
		const [device] = work.devices;
		const holder = await database.pool.connect();
		try {
			await holder.query("BEGIN");
			await holder.query(`SELECT FROM "Project" WHERE "id" = $1 FOR SHARE`, [
				work.projectId,
			]);
			await holder.query(`UPDATE "Device" SET "name" = 'x' WHERE "id" = $1`, [
				device?.id,
			]);
			await holder.query(`UPDATE "User" SET "name" = 'x' WHERE "id" = $1`, [
				device?.ownerId,
			]);
			await grant([aGrant(work, work.tasks[0], device, 5)]);
			expect(
				await database.db.creditEntry.count({
					where: { projectId: work.projectId },
				}),
			).toBe(1);
		} finally {
			await holder.query("ROLLBACK");
			holder.release();
		}
	});

	test("to the same devices, many at once and in any order, all arrive", async () => {
		const [devices, rounds] = [6, 20];
		const work = await someWork(devices * rounds, devices);
		await Promise.all(
			Array.from({ length: rounds }, (_, round) => {
				const grants = work.devices.map((device, index) =>
					aGrant(work, work.tasks[round * devices + index], device, index + 1),
				);
				return grant(round % 2 ? grants : grants.toReversed());
			}),
		);
		for (const [index, device] of work.devices.entries()) {
			const where = { userId: device.ownerId };
			expect(
				(await database.db.userCredit.findUniqueOrThrow({ where })).total,
			).toBe(rounds * (index + 1));
		}
		expect(
			await database.db.projectCredit.findUniqueOrThrow({
				where: { projectId: work.projectId },
			}),
		).toMatchObject({ total: rounds * 21 });
	});
});
