import { describe, expect, test } from "vitest";
import type { PageTopic } from "../../../server/events/page-events.ts";
import { callAs } from "../../support/api-caller.ts";
import {
	aBatch,
	aDevice,
	aResearcher,
	aUser,
} from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);

async function aRunningBatch(parts: Parameters<typeof aBatch>[1] = {}) {
	const batch = await aBatch(database.db, { units: 3, ...parts });
	const researcher = await database.db.user.findUniqueOrThrow({
		where: { id: batch.submitterId },
	});
	return { batch, api: callAs(services(), researcher).batches };
}
const statesOf = async (batchId: string) => {
	const { db } = database;
	const units = await db.workUnit.findMany({
		where: { batchId },
		orderBy: { index: "asc" },
	});
	const tasks = await db.task.findMany({ where: { batchId } });
	return {
		units: units.map(({ state }) => state),
		cancelledTasks: tasks.filter(({ state }) => state === "cancelled").length,
	};
};
/** The topics on which pages and devices are told of a change while the work runs. */
async function topicsOf(work: () => Promise<unknown>): Promise<PageTopic[]> {
	const topics: PageTopic[] = [];
	const stop = services().events.onAny((topic) => void topics.push(topic));
	await work();
	stop();
	return topics;
}

describe("cancelling a batch", () => {
	test("stops what is open, keeps what is done, and tells the devices", async () => {
		const { batch, api } = await aRunningBatch();
		const device = await aDevice(database.db);
		const [done, running] = batch.workUnitIds;
		await database.db.workUnit.update({
			where: { id: done ?? "" },
			data: { state: "done" },
		});
		await database.db.batch.update({
			where: { id: batch.id },
			data: { doneUnits: 1 },
		});
		await database.db.task.updateMany({
			where: { workUnitId: running ?? "" },
			data: { state: "running", deviceId: device.id },
		});
		const topics = await topicsOf(() => api.cancel({ batchId: batch.id }));
		const { units, cancelledTasks } = await statesOf(batch.id);
		expect(units).toEqual(["done", "cancelled", "cancelled"]);
		expect(cancelledTasks).toBe(4);
		expect(topics).toContain(`device:${device.id}`);
		expect(topics).toContain(`batch:${batch.id}`);
		expect(await api.get({ batchId: batch.id })).toMatchObject({
			state: "cancelled",
			doneUnits: 1,
			cancelledUnits: 2,
		});
	});

	test("twice at the same time cancels once", async () => {
		const { batch, api } = await aRunningBatch();
		const cancel = () => api.cancel({ batchId: batch.id });
		const outcomes = await Promise.allSettled([cancel(), cancel(), cancel()]);
		expect(
			outcomes.filter(({ status }) => status === "fulfilled"),
		).toHaveLength(1);
		expect(await api.get({ batchId: batch.id })).toMatchObject({
			cancelledUnits: 3,
		});
	});

	test("while a task is reported ends either way with counters that agree with the rows", async () => {
		for (let round = 0; round < 10; round++) {
			const { batch, api } = await aRunningBatch();
			const finish = database.db.$transaction(async (transaction) => {
				const [unit] = batch.workUnitIds;
				const { count } = await transaction.workUnit.updateMany({
					where: { id: unit ?? "", state: "open" },
					data: { state: "done" },
				});
				await transaction.batch.update({
					where: { id: batch.id },
					data: { doneUnits: { increment: count } },
				});
			});
			await Promise.all([api.cancel({ batchId: batch.id }), finish]);
			const { units } = await statesOf(batch.id);
			const { doneUnits, cancelledUnits } = await api.get({
				batchId: batch.id,
			});
			expect(units.filter((state) => state === "done")).toHaveLength(doneUnits);
			expect(units.filter((state) => state === "cancelled")).toHaveLength(
				cancelledUnits,
			);
			expect(doneUnits + cancelledUnits).toBe(3);
		}
	});

	test("of somebody else is refused and changes nothing", async () => {
		const { batch } = await aRunningBatch();
		for (const stranger of [
			await aResearcher(database.db),
			await aUser(database.db),
		])
			await expect(
				callAs(services(), stranger).batches.cancel({ batchId: batch.id }),
			).rejects.toThrow(/no such batch/);
		expect((await statesOf(batch.id)).units).toEqual(["open", "open", "open"]);
	});
});

describe("running the failed ones again", () => {
	async function aBatchWithFailures() {
		const setting = await aRunningBatch({
			state: "done",
			doneUnits: 2,
			failedUnits: 1,
		});
		const [failed = "", ...others] = setting.batch.workUnitIds;
		await database.db.workUnit.updateMany({
			where: { id: { in: others } },
			data: { state: "done" },
		});
		await database.db.workUnit.update({
			where: { id: failed },
			data: { state: "failed", failureReason: "tooManyErrors" },
		});
		await database.db.task.updateMany({
			where: { workUnitId: failed },
			data: { state: "errored" },
		});
		return { ...setting, failed };
	}

	test("opens them with their whole allowance anew, due for review", async () => {
		const { batch, api, failed } = await aBatchWithFailures();
		expect(await api.rerunFailed({ batchId: batch.id })).toEqual({
			workUnits: 1,
		});
		expect(
			await database.db.workUnit.findUniqueOrThrow({ where: { id: failed } }),
		).toMatchObject({
			state: "open",
			failureReason: null,
			extraErrors: 2,
			extraTotal: 2,
			reviewAt: services().clock.now(),
		});
		expect(await api.get({ batchId: batch.id })).toMatchObject({
			state: "open",
			failedUnits: 0,
			doneUnits: 2,
			finishedAt: null,
		});
	});

	test("twice at the same time opens them once", async () => {
		const { batch, api } = await aBatchWithFailures();
		const rerun = () => api.rerunFailed({ batchId: batch.id });
		const outcomes = await Promise.allSettled([rerun(), rerun()]);
		expect(
			outcomes.filter(({ status }) => status === "fulfilled"),
		).toHaveLength(1);
		expect(await api.get({ batchId: batch.id })).toMatchObject({
			failedUnits: 0,
		});
	});

	test("is refused when none has failed or the batch was cancelled, and changes nothing", async () => {
		const { batch, api } = await aRunningBatch();
		await expect(api.rerunFailed({ batchId: batch.id })).rejects.toThrow(
			/No work unit/,
		);
		const cancelled = await aBatchWithFailures();
		await database.db.batch.update({
			where: { id: cancelled.batch.id },
			data: { state: "cancelled" },
		});
		await expect(
			cancelled.api.rerunFailed({ batchId: cancelled.batch.id }),
		).rejects.toThrow(/was cancelled/);
		expect((await statesOf(cancelled.batch.id)).units[0]).toBe("failed");
	});
});
