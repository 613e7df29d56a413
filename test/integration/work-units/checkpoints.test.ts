import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import {
	CHECKPOINT_NAME,
	type Report,
	wantedSchema,
} from "../../../agent/core/protocol.ts";
import { makeWantedList } from "../../../server/gateway/wanted-list.ts";
import { listUnsentTasks } from "../../../server/scheduler/lease-store.ts";
import { collectGarbage } from "../../../server/storage/uploads/collect-garbage-loop.ts";
import { listTasksOnDevices } from "../../../server/work-units/tasks/device-task-store.ts";
import { giveBackChunk } from "../../../server/work-units/tasks/give-back-tasks.ts";
import { takeReport } from "../../../server/work-units/tasks/take-report.ts";
import { callAs } from "../../support/api-caller.ts";
import { blobServer } from "../../support/blob-server.ts";
import { creditOfBatch } from "../../support/credit-of-batch.ts";
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
const blobs = blobServer(services);
const DAY_MS = 86_400_000;

type Device = Awaited<ReturnType<typeof aDevice>>;
let batchId: string;
let devices: Device[];

/** A work unit of two copies, nothing of it placed. */
beforeEach(async () => {
	batchId = (await aBatch(database.db)).id;
	devices = await Promise.all([1, 2, 3].map(() => aDevice(database.db)));
});

const device = (index: number): Device => {
	const found = devices[index];
	if (!found) throw new Error(`There is no device ${index}.`);
	return found;
};
const tasks = () =>
	database.db.task.findMany({
		where: { batchId },
		orderBy: { number: "asc" },
	});
const task = async (number: number) => {
	const found = (await tasks())[number];
	if (!found) throw new Error(`There is no task ${number}.`);
	return found;
};
const review = () => reviewDue(services());

/** Puts a waiting task on a device, as a lease does, ten seconds ago. */
async function run(number: number, { id, ownerId }: Device): Promise<string> {
	const now = services().clock.now();
	const { id: taskId } = await task(number);
	await database.db.task.update({
		where: { id: taskId },
		data: {
			state: "running",
			deviceId: id,
			ownerId,
			cores: 1,
			progress: 0.43,
			leasedAt: new Date(now.getTime() - 10_000),
			leaseExpiresAt: new Date(now.getTime() + 300_000),
			deadlineAt: new Date(now.getTime() + DAY_MS),
		},
	});
	return taskId;
}

const sha256Of = (text: string) =>
	createHash("sha256").update(text).digest("hex");
const givingBack = (
	taskId: string,
	content: string | null,
	cpuSeconds = 10,
): Report => ({
	...aReport(taskId, ""),
	outcome: "returned",
	errorCode: "ownerNeedsDevice",
	outputs: [],
	cpuSeconds,
	...(content !== null && {
		checkpoint: { bytes: content.length, sha256: sha256Of(content) },
	}),
});

async function upload(path: string, content: string): Promise<void> {
	const answer = await fetch(blobs() + path, {
		method: "PATCH",
		headers: {
			"tus-resumable": "1.0.0",
			"upload-offset": "0",
			"content-type": "application/offset+octet-stream",
		},
		body: content,
	});
	expect(answer.status).toBe(204);
}

/** Gives a task back as an agent does: report, upload what is asked for, report again. */
async function giveBack(
	taskId: string,
	from: Device,
	content: string | null,
	cpuSeconds?: number,
): Promise<void> {
	const report = givingBack(taskId, content, cpuSeconds);
	let answer = await takeReport(services(), from.id, report);
	if (answer.status === "uploadsNeeded" && content !== null) {
		for (const { path } of answer.uploads) await upload(path, content);
		answer = await takeReport(services(), from.id, report);
	}
	expect(answer).toEqual({ status: "accepted" });
}

/** What the device is told to do. */
async function assignmentsOf({ id }: Device) {
	const wishes = {
		id,
		paused: false,
		draining: false,
		rules: undefined,
		yoursNow: null,
	};
	const onDevice = await listTasksOnDevices(database.db, [id]);
	const { blobs: store, clock } = services();
	const list = makeWantedList(
		wishes,
		onDevice,
		store,
		() => false,
		clock.now(),
	);
	return wantedSchema.omit({ revision: true }).parse(list).assignments;
}

/** A waiting task as the scheduler gets it. */
async function claim(number: number) {
	const { id } = await task(number);
	const claimed = await listUnsentTasks(
		database.db,
		[{ batchId, most: 100 }],
		[...devices.map(({ ownerId }) => ownerId), crypto.randomUUID()],
	);
	const found = claimed.find(({ taskId }) => taskId === id);
	if (!found) throw new Error(`Task ${number} is not to be had.`);
	return found;
}

/** The owners who may not have the task. */
const excludedFrom = async (number: number): Promise<string[]> => [
	...new Set((await claim(number)).excludedOwners),
];

describe("a task that is given back with a checkpoint", () => {
	test("is uploaded first, and goes on on another device from there", async () => {
		const first = await run(0, device(0));
		expect(
			await takeReport(services(), device(0).id, givingBack(first, "half")),
		).toMatchObject({
			status: "uploadsNeeded",
			uploads: [{ output: CHECKPOINT_NAME }],
		});
		await giveBack(first, device(0), "half");
		expect(await task(0)).toMatchObject({
			state: "returned",
			checkpointSha256: sha256Of("half"),
			checkpointBytes: 4n,
		});
		await review();
		expect((await task(2)).continuesTaskId).toBe(first);

		await run(2, device(1));
		const [assignment] = await assignmentsOf(device(1));
		expect(assignment?.checkpoint).toMatchObject({
			bytes: 4,
			sha256: sha256Of("half"),
		});
		const answer = await fetch(blobs() + assignment?.checkpoint?.path);
		expect(await answer.text()).toBe("half");
	});

	test("is shown with what it goes on from, and its device to the researcher alone", async () => {
		const first = await run(0, device(0));
		await giveBack(first, device(0), "half");
		await review();
		const second = await run(2, device(1));
		const batch = await database.db.batch.findUniqueOrThrow({
			where: { id: batchId },
		});
		const seenBy = async (id: string, taskId: string) =>
			callAs(
				services(),
				await database.db.user.findUniqueOrThrow({ where: { id } }),
			).tasks.get({ taskId });
		expect(await seenBy(batch.submitterId, second)).toMatchObject({
			continues: { number: 0, progress: 0.43, device: { id: device(0).id } },
		});
		expect(await seenBy(device(1).ownerId, second)).toMatchObject({
			continues: { id: first, device: null },
		});
		expect(await seenBy(batch.submitterId, first)).toMatchObject({
			continues: null,
			continuedBy: { number: 2, device: { id: device(1).id } },
		});
	});

	test("says the same again without changing anything", async () => {
		const first = await run(0, device(0));
		await giveBack(first, device(0), "half");
		await review();
		await giveBack(first, device(0), "half");
		await giveBack(first, device(0), null);
		await review();
		expect(await tasks()).toHaveLength(3);
		expect(await task(0)).toMatchObject({ checkpointSha256: sha256Of("half") });
	});

	test("is gone on from once, and the other copy begins at the beginning", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		const second = await run(1, device(1));
		await giveBack(second, device(1), null);
		await review();
		expect(
			(await tasks()).map(({ continuesTaskId }) => continuesTaskId),
		).toEqual([null, null, (await task(0)).id, null]);
	});

	test("passes on the checkpoint that it began from when it has none of its own", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		const second = await run(2, device(1));
		await giveBack(second, device(1), null);
		await review();
		expect(await task(3)).toMatchObject({ continuesTaskId: second });
		await run(3, device(2));
		const [assignment] = await assignmentsOf(device(2));
		expect(assignment?.checkpoint?.sha256).toBe(sha256Of("half"));
	});

	test("passes it on as well when its project is suspended while it runs", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		const second = await run(2, device(1));
		const { projectId } = await database.db.batch.findUniqueOrThrow({
			where: { id: batchId },
		});
		const now = services().clock.now();
		await database.db.project.update({
			where: { id: projectId },
			data: { state: "suspended" },
		});
		const { deviceIds } = await giveBackChunk(database.db, { projectId }, now);
		expect(deviceIds).toEqual([device(1).id]);
		await database.db.project.update({
			where: { id: projectId },
			data: { state: "approved" },
		});
		await review();
		expect(await task(2)).toMatchObject({
			state: "returned",
			checkpointSha256: sha256Of("half"),
		});
		expect(await task(3)).toMatchObject({ continuesTaskId: second });
	});

	test("leaves no heir when what goes on from it fails: the next copy begins anew", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		const second = await run(2, device(1));
		await takeReport(services(), device(1).id, {
			...givingBack(second, null),
			outcome: "failed",
			errorCode: "inputUnavailable",
		});
		await review();
		expect(await task(3)).toMatchObject({
			state: "unsent",
			continuesTaskId: null,
		});
	});
});

describe("a device whose owner needed it", () => {
	test("gets the same work unit again only after a while", async () => {
		await giveBack(await run(0, device(0)), device(0), null);
		await review();
		expect((await claim(2)).excludedDevices).toEqual([device(0).id]);
		await database.db.task.update({
			where: { id: (await task(0)).id },
			data: { finishedAt: new Date(Date.now() - 121_000) },
		});
		expect((await claim(2)).excludedDevices).toEqual([]);
	});
});

describe("a checkpoint that is not what it should be", () => {
	test("counts for nothing when the task did not bring it, though the server has the bytes", async () => {
		const stolen = await services().blobs.put(Buffer.from("half"));
		const first = await run(0, device(0));
		const report = givingBack(first, "half");
		expect(report.checkpoint?.sha256).toBe(stolen.sha256);
		for (const _ of [1, 2])
			expect(await takeReport(services(), device(0).id, report)).toMatchObject({
				status: "uploadsNeeded",
			});
		expect(await task(0)).toMatchObject({
			state: "running",
			checkpointSha256: null,
		});
	});

	test("counts for nothing when another task brought it", async () => {
		const first = await run(0, device(0));
		const second = await run(1, device(1));
		await giveBack(first, device(0), "half");
		expect(
			await takeReport(services(), device(1).id, givingBack(second, "half")),
		).toMatchObject({ status: "uploadsNeeded" });
		expect(
			await takeReport(services(), device(1).id, givingBack(first, "half")),
		).toEqual({ status: "obsolete" });
	});

	test("counts for nothing when other bytes were uploaded", async () => {
		const first = await run(0, device(0));
		const report = givingBack(first, "half");
		const answer = await takeReport(services(), device(0).id, report);
		if (answer.status !== "uploadsNeeded") throw new Error(answer.status);
		await upload(answer.uploads[0]?.path ?? "", "evil");
		expect(await takeReport(services(), device(0).id, report)).toMatchObject({
			status: "uploadsNeeded",
		});
	});

	test("is dropped when it is larger than the app version may write; the task is given back all the same", async () => {
		const first = await run(0, device(0));
		const { diskMiB } = await anAppVersion(database.db);
		const tooLarge = {
			...givingBack(first, ""),
			checkpoint: { bytes: diskMiB * 1024 * 1024 + 1, sha256: sha256Of("x") },
		};
		expect(await takeReport(services(), device(0).id, tooLarge)).toEqual({
			status: "accepted",
		});
		expect(await task(0)).toMatchObject({
			state: "returned",
			checkpointSha256: null,
		});
	});

	test("is not asked for when the work unit is over", async () => {
		const first = await run(0, device(0));
		await database.db.workUnit.updateMany({
			where: { batchId },
			data: { state: "done" },
		});
		expect(
			await takeReport(services(), device(0).id, givingBack(first, "half")),
		).toEqual({ status: "accepted" });
	});
});

describe("the owners of a lineage", () => {
	test("may go on with it, and get no copy of another one", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		// Also before the review has made the task that goes on.
		expect(await excludedFrom(1)).toEqual([device(0).ownerId]);
		await review();
		expect(await excludedFrom(1)).toEqual([device(0).ownerId]);
		expect(await excludedFrom(2)).toEqual([]);
	});

	test("are kept apart however long the lineages are", async () => {
		await giveBack(await run(0, device(0)), device(0), "a quarter");
		await review();
		await giveBack(await run(2, device(1)), device(1), "half");
		await review();
		expect((await excludedFrom(1)).sort()).toEqual(
			[device(0).ownerId, device(1).ownerId].sort(),
		);
		await run(1, device(2));
		expect(await excludedFrom(3)).toEqual([device(2).ownerId]);
	});

	test("are free again when their lineage came to nothing", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		const second = await run(2, device(1));
		await takeReport(services(), device(1).id, {
			...givingBack(second, null),
			outcome: "failed",
		});
		await review();
		expect(await excludedFrom(1)).toEqual([]);
	});

	test("stay out of another copy while a lost task of theirs may come back", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		await run(2, device(1));
		await database.db.task.update({
			where: { id: (await task(2)).id },
			data: { state: "lost" },
		});
		expect(await excludedFrom(1)).toContain(device(0).ownerId);
	});
});

describe("two results that one owner had a hand in", () => {
	test("never decide alone, even if they came about in spite of the scheduler", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await review();
		for (const [number, on] of [
			[2, device(1)],
			[1, device(0)],
		] as const) {
			const taskId = await run(number, on);
			await takeReport(services(), on.id, aReport(taskId, "agreed"));
		}
		await review();
		expect((await tasks()).map(({ state }) => state)).toEqual([
			"returned",
			"reported",
			"reported",
			"unsent",
		]);
	});
});

describe("the credit of a lineage", () => {
	const finish = async (number: number, on: Device) => {
		const { id } = await task(number);
		await database.db.device.update({
			where: { id: on.id },
			data: { floatOpsPerSecond: 1e9 },
		});
		await takeReport(services(), on.id, {
			...aReport(id, "the result"),
			cpuSeconds: 4,
		});
	};

	test("is shared among its devices by what each did, and is one copy's worth", async () => {
		const first = await run(0, device(0));
		await giveBack(first, device(0), "half", 4);
		await review();
		await run(2, device(1));
		await finish(2, device(1));
		await run(1, device(2));
		await finish(1, device(2));
		await review();
		expect((await tasks()).map(({ state }) => state)).toEqual([
			"returned",
			"valid",
			"valid",
		]);
		const entries = await creditOfBatch(database.db, batchId);
		const granted = (taskId: string) =>
			entries.find((entry) => entry.taskId === taskId)?.amount ?? 0;
		const whole = granted((await task(1)).id);
		expect(whole).toBeGreaterThan(0);
		expect(entries).toHaveLength(3);
		expect(granted(first)).toBeCloseTo(whole / 2, 12);
		expect(granted((await task(2)).id)).toBeCloseTo(whole / 2, 12);
		expect(await task(0)).toMatchObject({ grantedCredit: granted(first) });
	});

	test("is earned by a late result as by the others, however the canonical one came about", async () => {
		await database.db.workUnit.updateMany({
			where: { batchId },
			data: { quorum: 1 },
		});
		const first = await run(0, device(0));
		await giveBack(first, device(0), "half", 4);
		await review();
		await run(1, device(2));
		await run(2, device(1));
		await finish(2, device(1));
		await review();
		await finish(1, device(2));
		await review();
		const credit = async (number: number) =>
			(await task(number)).grantedCredit ?? 0;
		expect(await credit(1)).toBeCloseTo(
			(await credit(0)) + (await credit(2)),
			12,
		);
	});
});

describe("the bytes of a checkpoint", () => {
	test("stay while the work unit is open and go afterwards", async () => {
		await giveBack(await run(0, device(0)), device(0), "half");
		await database.db.upload.updateMany({
			data: { expiresAt: new Date(Date.now() - DAY_MS) },
		});
		const age = () =>
			database.db.blob.updateMany({
				where: { sha256: sha256Of("half") },
				data: { createdAt: new Date(Date.now() - 3 * DAY_MS) },
			});
		await age();
		await collectGarbage(services());
		expect(
			await database.db.blob.count({ where: { sha256: sha256Of("half") } }),
		).toBe(1);
		await database.db.workUnit.updateMany({
			where: { batchId },
			data: { state: "failed" },
		});
		// The same bytes left by the other tests' work units.
		await database.db.task.updateMany({
			where: { batchId: { not: batchId } },
			data: { checkpointSha256: null },
		});
		await age();
		await collectGarbage(services());
		expect(
			await database.db.blob.count({ where: { sha256: sha256Of("half") } }),
		).toBe(0);

		// Run again: what is gone cannot be gone on from.
		await database.db.workUnit.updateMany({
			where: { batchId },
			data: { state: "open", reviewAt: services().clock.now() },
		});
		await review();
		expect(await task(2)).toMatchObject({ continuesTaskId: null });
	});
});
