import { describe, expect, test } from "vitest";
import { createMetrics } from "../../../server/metrics.ts";
import { suspendProject } from "../../../server/moderation/review-project.ts";
import { listProjectQueues } from "../../../server/scheduler/queue-store.ts";
import { callAs } from "../../support/api-caller.ts";
import { anAppVersion, aUser } from "../../support/factories.ts";
import { aStoredUpload } from "../../support/stored-upload.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const services = testServices(database);

/** A submission that stands in the middle of its work units, until `goOn`. */
async function aHeldSubmission() {
	const { db, pool } = database;
	const version = await anAppVersion(db, { command: ["/bin/x", "{part}"] });
	const project = await db.project.findUniqueOrThrow({
		where: { id: version.projectId },
		include: { owner: true },
	});
	const uploadId = await aStoredUpload(
		services(),
		project.ownerId,
		"lines.txt",
		"a line\n".repeat(3000),
	);
	const blocker = await pool.connect();
	await blocker.query(
		`BEGIN; LOCK TABLE "WorkUnitInput" IN SHARE ROW EXCLUSIVE MODE`,
	);
	const api = callAs(services(), project.owner).batches;
	const submission = api.submit({
		appVersionId: version.id,
		name: "Held",
		source: { kind: "lines", uploadId, linesPerPart: 1, file: "lines.txt" },
		submissionKey: `held-${version.id}`,
	});
	const outcome = submission.then(
		({ workUnits }) => workUnits,
		(error: Error) => error.message,
	);
	await until("it waits", async () => {
		const { rowCount } = await pool.query(
			"SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
		);
		return (rowCount ?? 0) > 0;
	});
	return {
		version,
		project,
		api,
		outcome,
		async goOn() {
			await blocker.query("ROLLBACK");
			blocker.release();
			return outcome;
		},
	};
}

describe("while a submission is under way", () => {
	test("nobody waits for its project, and a suspension comes before it", async () => {
		const { project, goOn } = await aHeldSubmission();
		const admin = await aUser(database.db, { accessLevel: 10 });
		const begun = performance.now();
		const suspended = suspendProject(
			services(),
			admin,
			project.id,
			"too loud",
		).then(
			() => performance.now() - begun,
			(error: Error) => error,
		);
		const took = await Promise.race([
			suspended,
			new Promise((resolve) => setTimeout(resolve, 3_000, "it waited")),
		]);
		const outcome = await goOn();
		await suspended;
		expect(took).toBeLessThan(3_000);
		expect(outcome).toMatch(/not approved any more/);
		expect(
			await database.db.batch.count({ where: { projectId: project.id } }),
		).toBe(0);
	});

	test("nothing of it is placed, shown or counted", async () => {
		const { project, api, goOn } = await aHeldSubmission();
		const batch = await database.db.batch.findFirst({
			where: { projectId: project.id },
		});
		const batchId = batch?.id ?? crypto.randomUUID();
		const queues = await listProjectQueues(database.db);
		expect(queues.flatMap(({ batchIds }) => batchIds)).not.toContain(batchId);
		expect((await api.list({ limit: 50 })).items).toEqual([]);
		await expect(api.get({ batchId })).rejects.toThrow(/no such batch/);
		await expect(api.cancel({ batchId })).rejects.toThrow(/no such batch/);
		const metrics = createMetrics(database.db);
		expect(await metrics.getSingleMetricAsString("lull_work_units")).toContain(
			'state="open"} 0',
		);
		expect(await goOn()).toBe(3000);
		expect((await api.list({ limit: 50 })).items).toMatchObject([
			{ id: batchId, state: "open", workUnits: 3000 },
		]);
		expect(await metrics.getSingleMetricAsString("lull_work_units")).toContain(
			'state="open"} 3000',
		);
	});
});
