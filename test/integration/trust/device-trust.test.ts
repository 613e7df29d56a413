import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { inTransaction } from "../../../server/database/db.ts";
import { noteRunTimes } from "../../../server/scheduler/run-time-store.ts";
import {
	recordVerdicts,
	sumTrust,
	type Verdict,
} from "../../../server/trust/device-trust-store.ts";
import { takeReport } from "../../../server/work-units/tasks/take-report.ts";
import {
	aBatch,
	aDevice,
	anAppVersion,
	aReport,
} from "../../support/factories.ts";
import { reviewDue } from "../../support/review-due.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const now = new Date("2026-01-01T00:00:00Z");
const trustOf = (deviceId: string, appVersionId: string) =>
	database.db.deviceTrust.findUnique({
		where: { deviceId_appVersionId: { deviceId, appVersionId } },
	});
const failedReport = (taskId: string) => ({
	...aReport(taskId, ""),
	outcome: "failed" as const,
	exitCode: 1,
	outputs: [],
});

/** Devices of one owner, in one write. */
async function manyDevices(count: number) {
	const { ownerId } = await aDevice(database.db);
	await database.db.device.createMany({
		data: Array.from({ length: count }, () => ({
			ownerId,
			name: "one of many",
			publicKey: randomUUID(),
		})),
	});
	return database.db.device.findMany({
		where: { ownerId, name: "one of many" },
		select: { id: true },
	});
}

/** A task that runs on the device. */
async function aRunningTask(
	device: { id: string; ownerId: string },
	appVersionId: string,
) {
	const batch = await aBatch(database.db, { appVersionId });
	const task = await database.db.task.findFirstOrThrow({
		where: { batchId: batch.id },
	});
	return database.db.task.update({
		where: { id: task.id },
		data: {
			state: "running",
			deviceId: device.id,
			ownerId: device.ownerId,
			deadlineAt: now,
		},
	});
}

describe("what a device has proved", () => {
	test("counts for the app version alone, and its row of valid results ends with a bad one", async () => {
		const device = await aDevice(database.db);
		const proved = await anAppVersion(database.db);
		const other = await anAppVersion(database.db);
		const record = (appVersionId: string, ...kinds: Verdict["kind"][]) =>
			recordVerdicts(
				database.db,
				kinds.map((kind) => ({ deviceId: device.id, appVersionId, kind })),
				now,
			);
		await record(proved.id, "valid", "valid");
		await record(proved.id, "valid");
		await record(other.id, "valid");
		expect(await trustOf(device.id, proved.id)).toMatchObject({
			validTasks: 3,
			consecutiveValid: 3,
		});
		await record(other.id, "invalid");
		await record(other.id, "valid", "lost");
		expect(await trustOf(device.id, other.id)).toMatchObject({
			validTasks: 2,
			invalidTasks: 1,
			lostTasks: 1,
			consecutiveValid: 0,
		});
		await takeReport(
			services(),
			device.id,
			failedReport((await aRunningTask(device, proved.id)).id),
		);
		expect(await trustOf(device.id, proved.id)).toMatchObject({
			validTasks: 3,
			erroredTasks: 1,
			consecutiveValid: 0,
		});
		expect(await sumTrust(database.db, device.id)).toEqual({
			validTasks: 5,
			invalidTasks: 1,
			erroredTasks: 1,
			lostTasks: 1,
			consecutiveValid: 0,
		});
	});

	test("begins at nothing, also with an error", async () => {
		const device = await aDevice(database.db);
		const version = await anAppVersion(database.db);
		expect(await sumTrust(database.db, device.id)).toMatchObject({
			validTasks: 0,
			consecutiveValid: 0,
		});
		const task = await aRunningTask(device, version.id);
		await takeReport(services(), device.id, failedReport(task.id));
		await takeReport(services(), device.id, failedReport(task.id));
		expect(await trustOf(device.id, version.id)).toMatchObject({
			erroredTasks: 1,
			validTasks: 0,
		});
	});

	test("is written while somebody else holds the device's row", async () => {
		const device = await aDevice(database.db);
		const version = await anAppVersion(database.db);
		const failing = await aRunningTask(device, version.id);
		const late = await aRunningTask(device, version.id);
		const holder = await database.pool.connect();
		try {
			await holder.query("BEGIN");
			await holder.query(
				`UPDATE "Device" SET "name" = 'held' WHERE "id" = $1`,
				[device.id],
			);
			await takeReport(services(), device.id, failedReport(failing.id));
			await database.db.workUnit.update({
				where: { id: late.workUnitId },
				data: { reviewAt: now },
			});
			await reviewDue(services(), 100);
			expect(await trustOf(device.id, version.id)).toMatchObject({
				erroredTasks: 1,
				lostTasks: 1,
			});
		} finally {
			await holder.query("ROLLBACK");
			holder.release();
		}
	});

	test("is written by many at once, in any order, without a deadlock or a loss", async () => {
		const deviceIds = (await manyDevices(300)).map(({ id }) => id);
		const version = await anAppVersion(database.db);
		const verdicts: Verdict[] = deviceIds.map((deviceId) => ({
			deviceId,
			appVersionId: version.id,
			kind: "valid",
		}));
		const { id: batchId, workUnitIds } = await aBatch(database.db, {
			appVersionId: version.id,
			units: deviceIds.length,
			targetCopies: 0,
		});
		const runs = deviceIds.map(() => ({ taskId: randomUUID(), seconds: 2 }));
		await database.db.task.createMany({
			data: runs.map(({ taskId }, i) => ({
				id: taskId,
				batchId,
				workUnitId: workUnitIds[i] ?? "",
				number: 0,
				state: "valid" as const,
				deviceId: deviceIds[i] ?? "",
			})),
		});
		await Promise.all(
			Array.from({ length: 20 }, (_, i) => {
				const order = <T>(list: readonly T[]) =>
					i % 2 ? list : list.toReversed();
				return i % 4 < 2
					? inTransaction(database.db, (db) =>
							recordVerdicts(db, order(verdicts), now),
						)
					: noteRunTimes(database.db, order(runs), now);
			}),
		);
		const rows = await database.db.deviceTrust.findMany({
			where: { appVersionId: version.id },
		});
		expect(rows).toHaveLength(300);
		for (const row of rows) {
			expect(row.validTasks).toBe(10);
			expect(row.count).toBeGreaterThanOrEqual(1);
		}
	});
});
