import { v7 as uuidv7 } from "uuid";
import { describe, expect, test } from "vitest";
import { abandonDeadSubmissions } from "../../../server/work-units/submit/abandon-dead-submissions-loop.ts";
import {
	abandonSubmission,
	beginSubmission,
	type NewBatch,
	openBatch,
	renewSubmission,
} from "../../../server/work-units/submit/submission-claim-store.ts";
import { findSubmissionProgress } from "../../../server/work-units/submit/submission-progress.ts";
import { storeWorkUnits } from "../../../server/work-units/submit/work-unit-chunk-store.ts";
import { sweepOnce } from "../../../server/work-units/sweeps/carry-out-sweep.ts";
import { callAs } from "../../support/api-caller.ts";
import { anAppVersion } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const database = testDatabase();
const services = testServices(database);
const KEY = "the-key-of-a-dead-one";

/** A submission of another process that has stored some work units, and says nothing any more. */
async function aSilentSubmission(stored = 1_200) {
	const { db, pool } = database;
	const version = await anAppVersion(db);
	const project = await db.project.findUniqueOrThrow({
		where: { id: version.projectId },
		include: { owner: true },
	});
	const batch: NewBatch = {
		id: uuidv7(),
		projectId: project.id,
		appVersionId: version.id,
		submitterId: project.ownerId,
		name: "Silent",
		estimatedOperations: 1,
		submissionKey: KEY,
		placement: "spread",
		confidence: 0.9,
		maxFrozenSeconds: 300,
		quorum: 1,
		targetCopies: 1,
		maxErrors: 3,
		maxTotal: 8,
		deadlineSeconds: 3600,
		priority: 0,
	};
	const now = () => services().clock.now();
	expect(await beginSubmission(db, batch, now())).toBe(true);
	const store = (first: number, count: number) =>
		storeWorkUnits(
			pool,
			batch,
			first,
			Array.from({ length: count }, (_, n) => ({
				parameters: { n: String(first + n) },
				inputs: [
					{
						path: "a",
						blobSha256: "a".repeat(64),
						offset: 0,
						bytes: 1,
						sha256: "a".repeat(64),
					},
				],
			})),
			now(),
		);
	await store(0, stored);
	const submit = () =>
		callAs(services(), project.owner).batches.submit({
			appVersionId: version.id,
			name: "Again",
			source: {
				kind: "ranges",
				ranges: [{ name: "n", from: 0, to: 5, step: 1 }],
			},
			submissionKey: KEY,
		});
	return { batch, project, store, submit, now };
}
const rowsOf = async (batchId: string) => ({
	batches: await database.db.batch.count({ where: { id: batchId } }),
	workUnits: await database.db.workUnit.count({ where: { batchId } }),
	tasks: await database.db.task.count({ where: { batchId } }),
	inputs: await database.db.workUnitInput.count({
		where: { workUnit: { batchId } },
	}),
});
const NOTHING = { batches: 0, workUnits: 0, tasks: 0, inputs: 0 };
const sweepAll = async () => {
	while (await sweepOnce(services()));
};

describe("a submission whose process died", () => {
	test("is removed, chunk by chunk, by any other", async () => {
		const { batch } = await aSilentSubmission();
		expect(await abandonDeadSubmissions(services())).toBe(0);
		services().clock.advance(61_000);
		expect(await abandonDeadSubmissions(services())).toBe(1);
		await sweepOnce(services());
		expect(await rowsOf(batch.id)).toEqual({
			batches: 1,
			workUnits: 200,
			tasks: 200,
			inputs: 200,
		});
		await sweepAll();
		expect(await rowsOf(batch.id)).toEqual(NOTHING);
	});

	test("leaves its key to whoever sends it again", async () => {
		const { batch, submit } = await aSilentSubmission();
		services().clock.advance(61_000);
		const [first, second] = await Promise.all([submit(), submit()]);
		expect(first).toEqual(second);
		expect(first.workUnits).toBe(5);
		expect(first.batchId).not.toBe(batch.id);
		await sweepAll();
		expect(await rowsOf(batch.id)).toEqual(NOTHING);
		expect(await rowsOf(first.batchId)).toMatchObject({ workUnits: 5 });
	});

	test("stores nothing more when it was not quite dead", async () => {
		const { batch, store, now } = await aSilentSubmission();
		services().clock.advance(61_000);
		await abandonDeadSubmissions(services());
		await expect(store(1_200, 10)).rejects.toThrow(/stood still/);
		expect(await renewSubmission(database.db, batch.id, now())).toBe(false);
		await expect(openBatch(database.db, batch, 1_200)).rejects.toThrow(
			/stood still/,
		);
		await sweepAll();
		expect(await rowsOf(batch.id)).toEqual(NOTHING);
	});
});

describe("a submission that is under way in another process", () => {
	test("is not taken for dead as long as it says that it goes on", async () => {
		const { batch, store, now } = await aSilentSubmission();
		services().clock.advance(45_000);
		await renewSubmission(database.db, batch.id, now());
		services().clock.advance(45_000);
		await store(1_200, 10);
		services().clock.advance(45_000);
		expect(await abandonDeadSubmissions(services())).toBe(0);
		services().clock.advance(61_000);
		expect(await abandonDeadSubmissions(services())).toBe(1);
		await sweepAll();
	});

	test("is waited for by whoever sends the same key, and its progress is seen", async () => {
		const { batch, project, submit } = await aSilentSubmission();
		const second = submit();
		expect(
			await findSubmissionProgress(database.db, project.ownerId, KEY),
		).toEqual({ phase: "storing", workUnits: 1_200 });
		await openBatch(database.db, batch, 1_200);
		expect(await second).toEqual({ batchId: batch.id, workUnits: 1_200 });
	});

	test("that fails leaves the key to the one that waits for it", async () => {
		const { batch, submit } = await aSilentSubmission();
		const second = submit();
		// As its own process does when a row is wrong.
		await abandonSubmission(
			database.db,
			batch.id,
			services().clock.now(),
			"own",
		);
		expect((await second).batchId).not.toBe(batch.id);
		await sweepAll();
		expect(await rowsOf(batch.id)).toEqual(NOTHING);
	});
});
