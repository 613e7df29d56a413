import { describe, expect, test } from "vitest";
import { inTransaction } from "../../../server/database/db.ts";
import { withdrawAppVersion } from "../../../server/moderation/review-app-version.ts";
import { suspendProject } from "../../../server/moderation/review-project.ts";
import {
	claimUnsentTasks,
	leaseTasks,
	listUnsentTasks,
} from "../../../server/scheduler/lease-store.ts";
import { listProjectQueues } from "../../../server/scheduler/queue-store.ts";
import { cancelBatch } from "../../../server/work-units/batches/change-batch.ts";
import { aBatch, aDevice, aUser } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const services = testServices(database);

async function aTick() {
	const { db } = database;
	const batch = await aBatch(db, { units: 3 });
	const device = await aDevice(db);
	const admin = await aUser(db, { accessLevel: 10 });
	const researcher = await db.user.findUniqueOrThrow({
		where: { id: batch.submitterId },
	});
	const now = new Date();
	/** What the scheduler knew before anything happened. */
	const queues = await listProjectQueues(db);
	expect(queues.flatMap(({ batchIds }) => batchIds)).toContain(batch.id);
	const planned = await listUnsentTasks(
		db,
		[{ batchId: batch.id, most: 10 }],
		[device.ownerId],
	);
	const claim = async (transaction: Parameters<typeof leaseTasks>[0]) => {
		const { tasks } = await claimUnsentTasks(
			transaction,
			planned.map(({ taskId }) => taskId),
			planned.map(({ workUnitId }) => workUnitId),
		);
		return tasks;
	};
	const lease = (
		transaction: Parameters<typeof leaseTasks>[0],
		tasks: Awaited<ReturnType<typeof claim>>,
	) =>
		leaseTasks(
			transaction,
			tasks.map(({ taskId }) => ({
				taskId,
				deviceId: device.id,
				needs: { cores: 1, memoryMiB: 1, diskMiB: 1 },
			})) as unknown as Parameters<typeof leaseTasks>[1],
			now,
		);
	return { db, batch, device, admin, researcher, claim, lease };
}
type Tick = Awaited<ReturnType<typeof aTick>>;

const stops: [string, (tick: Tick) => Promise<unknown>][] = [
	[
		"a suspension of the project",
		({ admin, batch }) =>
			suspendProject(services(), admin, batch.projectId, "too loud"),
	],
	[
		"a withdrawal of the version",
		({ admin, batch }) =>
			withdrawAppVersion(services(), admin, batch.appVersionId, "wrong"),
	],
	[
		"a cancellation of the batch",
		({ researcher, batch }) => cancelBatch(services(), researcher, batch.id),
	],
];

const countOnDevices = ({ db, batch }: Tick) =>
	db.task.count({
		where: {
			batchId: batch.id,
			state: { in: ["leased", "preparing", "running", "paused"] },
		},
	});

describe.each(stops)("%s", (_what, stop) => {
	test("is seen by a tick that read before it", async () => {
		const tick = await aTick();
		await stop(tick);
		const leased = await inTransaction(tick.db, async (db) =>
			tick.lease(db, await tick.claim(db)),
		);
		expect(leased.size).toBe(0);
		expect(await countOnDevices(tick)).toBe(0);
	});

	test("takes back what a tick leases that had begun and ends after it", async () => {
		const tick = await aTick();
		let stopping: Promise<unknown> | undefined;
		const leased = await inTransaction(tick.db, async (db) => {
			const tasks = await tick.claim(db);
			const leased = await tick.lease(db, tasks);
			stopping ??= stop(tick);
			// It waits for us, or is done with what it could see: in both cases it has yet to find what we leased.
			await until("somebody waits for the tick, or has passed it", async () => {
				const { rows } = await database.pool.query(
					"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
				);
				return rows.length > 0;
			});
			return leased;
		});
		expect(leased.size).toBe(6);
		await stopping;
		expect(await countOnDevices(tick)).toBe(0);
	});

	test("is seen by a tick that had taken hold of tasks before it", async () => {
		const tick = await aTick();
		let stopping: Promise<unknown> | undefined;
		await inTransaction(tick.db, async (db) => {
			const tasks = await tick.claim(db);
			stopping ??= stop(tick);
			await until("it is written", async () => {
				const { rows } = await database.pool.query(
					`SELECT 1 FROM "Batch" b JOIN "Project" p ON p."id" = b."projectId" JOIN "AppVersion" v ON v."id" = b."appVersionId"
					WHERE b."id" = $1 AND (b."state" <> 'open' OR p."state" <> 'approved' OR v."state" <> 'approved')`,
					[tick.batch.id],
				);
				return rows.length > 0;
			});
			expect((await tick.lease(db, tasks)).size).toBe(0);
		});
		await stopping;
		expect(await countOnDevices(tick)).toBe(0);
	});
});
