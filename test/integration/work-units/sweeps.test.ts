import { beforeEach, describe, expect, test } from "vitest";
import { inTransaction } from "../../../server/database/db.ts";
import {
	resumeProject,
	suspendProject,
} from "../../../server/moderation/review-project.ts";
import { listProjectQueues } from "../../../server/scheduler/queue-store.ts";
import {
	markCancelled,
	markRerun,
} from "../../../server/work-units/batches/batch-change-store.ts";
import { cancelBatch } from "../../../server/work-units/batches/change-batch.ts";
import { sweepOnce } from "../../../server/work-units/sweeps/carry-out-sweep.ts";
import { beginSweep } from "../../../server/work-units/sweeps/sweep-store.ts";
import { takeReport } from "../../../server/work-units/tasks/take-report.ts";
import { callAs } from "../../support/api-caller.ts";
import { aBatch, aDevice, aReport, aUser } from "../../support/factories.ts";
import { reviewDue } from "../../support/review-due.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const services = testServices(database);
/** Two chunks. */
const UNITS = 1_100;

beforeEach(() => database.db.sweep.deleteMany());

async function aLargeBatch(parts: Parameters<typeof aBatch>[1] = {}) {
	const batch = await aBatch(database.db, {
		units: UNITS,
		targetCopies: 1,
		quorum: 1,
		...parts,
	});
	const researcher = await database.db.user.findUniqueOrThrow({
		where: { id: batch.submitterId },
	});
	const { batches } = callAs(services(), researcher);
	return {
		batch,
		researcher,
		view: () => batches.get({ batchId: batch.id }),
		mark: (mark: typeof markCancelled) =>
			inTransaction(database.db, (db) =>
				mark(db, batch.id, services().clock.now()),
			),
	};
}
const countUnits = (batchId: string, state: "open" | "cancelled" | "failed") =>
	database.db.workUnit.count({ where: { batchId, state } });

describe("the cancellation of a large batch", () => {
	test("holds for everybody from its mark on, and shows how far it is", async () => {
		const { batch, view, mark } = await aLargeBatch();
		const device = await aDevice(database.db);
		const last = await database.db.task.findFirstOrThrow({
			where: { workUnitId: batch.workUnitIds.at(-1) ?? "" },
		});
		await database.db.task.update({
			where: { id: last.id },
			data: { state: "running", deviceId: device.id, ownerId: device.ownerId },
		});
		await mark(markCancelled);
		expect(await view()).toMatchObject({
			state: "cancelled",
			cancelledUnits: 0,
			underWay: { kind: "cancelling", done: 0, total: UNITS },
		});
		const queues = await listProjectQueues(database.db);
		expect(queues.flatMap(({ batchIds }) => batchIds)).not.toContain(batch.id);
		// A result comes in before the sweep has come so far: nobody judges it any more.
		await takeReport(services(), device.id, aReport(last.id, "7"));
		await reviewDue(services());
		expect(
			await database.db.task.findUniqueOrThrow({ where: { id: last.id } }),
		).toMatchObject({ state: "reported" });

		await sweepOnce(services());
		expect(await view()).toMatchObject({
			cancelledUnits: 1_000,
			underWay: { kind: "cancelling", done: 1_000, total: UNITS },
		});
		while (!(await sweepOnce(services()))?.ended);
		expect(await view()).toMatchObject({
			state: "cancelled",
			cancelledUnits: UNITS,
			tasks: { cancelled: UNITS },
			underWay: null,
		});
		expect(await countUnits(batch.id, "cancelled")).toBe(UNITS);
	});

	test("is finished by the next process when one dies in the middle of a chunk", async () => {
		const { batch, mark } = await aLargeBatch();
		await mark(markCancelled);
		await sweepOnce(services());
		// It holds a work unit that the second chunk needs, and with it that chunk up to its death.
		const client = await database.pool.connect();
		await client.query("BEGIN");
		await client.query(`SELECT 1 FROM "WorkUnit" WHERE "id" = $1 FOR UPDATE`, [
			batch.workUnitIds[1_050],
		]);
		const dying = sweepOnce(services()).catch((error: unknown) => error);
		const pid = await until("the chunk waits", async () => {
			const { rows } = await database.pool.query<{ pid: number }>(
				"SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
			);
			return rows[0]?.pid;
		});
		await database.pool.query("SELECT pg_terminate_backend($1)", [pid]);
		expect(await dying).toBeInstanceOf(Error);
		await client.query("ROLLBACK");
		client.release();
		expect(await countUnits(batch.id, "cancelled")).toBe(1_000);
		while (!(await sweepOnce(services()))?.ended);
		expect(await countUnits(batch.id, "cancelled")).toBe(UNITS);
		expect(await database.db.sweep.count()).toBe(0);
	});

	test("is shared by any number of processes, and no work unit is counted twice", async () => {
		const { batch, view, mark } = await aLargeBatch();
		await mark(markCancelled);
		const work = async () => {
			while ((await database.db.sweep.count()) > 0) await sweepOnce(services());
		};
		await Promise.all([work(), work(), work()]);
		expect(await view()).toMatchObject({ cancelledUnits: UNITS });
		expect(await countUnits(batch.id, "open")).toBe(0);
	});

	test("answers how many work units were open, whoever else is at it", async () => {
		const { batch, researcher } = await aLargeBatch({ units: 10 });
		expect(await cancelBatch(services(), researcher, batch.id)).toEqual({
			workUnits: 10,
		});
		expect(await countUnits(batch.id, "cancelled")).toBe(10);
	});
});

describe("running a large batch's failed ones again", () => {
	async function aFailedBatch() {
		const setting = await aLargeBatch({ state: "done", failedUnits: UNITS });
		await database.db.workUnit.updateMany({
			where: { batchId: setting.batch.id },
			data: { state: "failed", failureReason: "tooManyErrors" },
		});
		await database.db.task.updateMany({
			where: { batchId: setting.batch.id },
			data: { state: "errored" },
		});
		return setting;
	}

	test("opens them chunk by chunk, and the batch is not over before the last one", async () => {
		const { batch, view, mark } = await aFailedBatch();
		const device = await aDevice(database.db);
		await mark(markRerun);
		await sweepOnce(services());
		expect(await view()).toMatchObject({
			state: "open",
			failedUnits: UNITS - 1_000,
			underWay: { kind: "rerunning", done: 1_000, total: UNITS },
		});
		// All that is open now ends, while the rest still waits to be opened.
		await database.db.workUnit.updateMany({
			where: { batchId: batch.id, state: "open", index: { gt: 0 } },
			data: { state: "done", reviewAt: null },
		});
		await database.db.batch.update({
			where: { id: batch.id },
			data: { doneUnits: 999 },
		});
		const task = await database.db.task.create({
			data: {
				workUnitId: batch.workUnitIds[0] ?? "",
				batchId: batch.id,
				number: 1,
				state: "running",
				deviceId: device.id,
				ownerId: device.ownerId,
				leasedAt: new Date(),
			},
		});
		await takeReport(services(), device.id, aReport(task.id, "7"));
		await reviewDue(services());
		expect(await view()).toMatchObject({ state: "open", doneUnits: 1_000 });
		while (!(await sweepOnce(services()))?.ended);
		expect(await view()).toMatchObject({
			state: "open",
			failedUnits: 0,
			underWay: null,
		});
		expect(await countUnits(batch.id, "open")).toBe(UNITS - 1_000);
	});

	test("ends when the batch is cancelled meanwhile, and everything is cancelled", async () => {
		const { batch, view, mark } = await aFailedBatch();
		await mark(markRerun);
		await sweepOnce(services());
		await mark(markCancelled);
		while ((await database.db.sweep.count()) > 0) await sweepOnce(services());
		expect(await view()).toMatchObject({
			state: "cancelled",
			cancelledUnits: 1_000,
			failedUnits: UNITS - 1_000,
		});
		expect(await countUnits(batch.id, "open")).toBe(0);
	});
});

describe("taking back what runs of a suspended project", () => {
	async function aRunningProject() {
		const { batch } = await aLargeBatch({ units: 700 });
		const device = await aDevice(database.db);
		await database.db.task.updateMany({
			where: { batchId: batch.id },
			data: { state: "running", deviceId: device.id, ownerId: device.ownerId },
		});
		const admin = await aUser(database.db, { accessLevel: 10 });
		const onDevice = () =>
			database.db.task.count({
				where: { batchId: batch.id, state: "running" },
			});
		return { projectId: batch.projectId, batch, device, admin, onDevice };
	}

	test("is done chunk by chunk, and tells the devices", async () => {
		const { projectId, admin, device, batch, onDevice } =
			await aRunningProject();
		const told: string[] = [];
		const stop = services().events.onAny((topic) => void told.push(topic));
		await suspendProject(services(), admin, projectId, "too loud");
		stop();
		expect(await onDevice()).toBe(0);
		expect(told).toContain(`device:${device.id}`);
		expect(
			await database.db.task.count({
				where: { batchId: batch.id, state: "returned" },
			}),
		).toBe(700);
		expect(
			await database.db.workUnit.count({
				where: { batchId: batch.id, reviewAt: { not: null } },
			}),
		).toBe(700);
	});

	test("is done by another process when the one that suspended it died", async () => {
		const { projectId, onDevice } = await aRunningProject();
		const sweep = { kind: "giveBackProject", subjectId: projectId } as const;
		await inTransaction(database.db, async (db) => {
			await beginSweep(db, sweep, services().clock.now());
			await db.project.update({
				where: { id: projectId },
				data: { state: "suspended" },
			});
		});
		await sweepOnce(services());
		expect(await onDevice()).toBe(200);
		while (!(await sweepOnce(services()))?.ended);
		expect(await onDevice()).toBe(0);
	});

	test("leaves the rest where it is once the project is resumed", async () => {
		const { projectId, admin, onDevice } = await aRunningProject();
		const sweep = { kind: "giveBackProject", subjectId: projectId } as const;
		await inTransaction(database.db, async (db) => {
			await beginSweep(db, sweep, services().clock.now());
			await db.project.update({
				where: { id: projectId },
				data: { state: "suspended" },
			});
		});
		await sweepOnce(services());
		await resumeProject(services(), admin, projectId);
		expect(await sweepOnce(services())).toMatchObject({ ended: true });
		expect(await onDevice()).toBe(200);
	});
});
