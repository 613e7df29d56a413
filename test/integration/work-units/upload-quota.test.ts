import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../../agent/core/protocol.ts";
import { createUpload } from "../../../server/storage/uploads/create-upload.ts";
import { uploadsFolder } from "../../../server/storage/uploads/tus-uploads.ts";
import { forgetTaskUploads } from "../../../server/work-units/tasks/forget-task-uploads-loop.ts";
import { takeReport } from "../../../server/work-units/tasks/take-report.ts";
import { blobServer } from "../../support/blob-server.ts";
import {
	aBatch,
	aDevice,
	aDeviceWithoutAccount,
	anAppVersion,
	aReport,
	aUser,
} from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";

const MIB = 1024 * 1024;
/** So a device may have 8 MiB open, its owner 32, a person 4. */
const database = testDatabase();
const services = testServices(database, {
	MAX_OUTPUT_FILE_MIB: "2",
	MAX_INPUT_FILE_MIB: "1",
	MAX_IMAGE_MIB: "1",
});
const origin = blobServer(services);

type Device = Awaited<ReturnType<typeof aDeviceWithoutAccount>>;

/** Tasks that run on the device and may write 2 MiB each, so that each may bring 4. */
async function tasksOn(device: Device, count = 1): Promise<string[]> {
	const version = await anAppVersion(database.db, { diskMiB: 2 });
	const batch = await aBatch(database.db, {
		appVersionId: version.id,
		units: count,
		targetCopies: 1,
		quorum: 1,
	});
	const where = { batchId: batch.id };
	await database.db.task.updateMany({
		where,
		data: {
			state: "running",
			deviceId: device.id,
			ownerId: device.ownerId ?? device.id,
			leasedAt: services().clock.now(),
		},
	});
	return (await database.db.task.findMany({ where })).map(({ id }) => id);
}

const taskOn = async (device: Device): Promise<string> => {
	const [task] = await tasksOn(device);
	if (!task) throw new Error("There is no task.");
	return task;
};

const sha256Of = (content: string | Buffer) =>
	createHash("sha256").update(content).digest("hex");

let listed = 0;
/** A report of a task that says it has made so many files of so many bytes, which nobody has seen before. */
function listing(taskId: string, files: number, bytes: number): Report {
	const outputs = Array.from({ length: files }, () => {
		const path = `out-${listed++}.bin`;
		return { path, bytes, sha256: sha256Of(path) };
	});
	return { ...aReport(taskId, ""), outputs };
}

const report = (device: Device, said: Report) =>
	takeReport(services(), device.id, said);

const open = async (where: { deviceId?: string; taskId?: string }) => {
	const { _count, _sum } = await database.db.upload.aggregate({
		where: { ...where, sha256: null },
		_count: true,
		_sum: { bytes: true },
	});
	return { uploads: _count, bytes: Number(_sum.bytes ?? 0) };
};

/** How many uploads each answer grants; a refusal is its sentence. */
const granted = (answers: Awaited<ReturnType<typeof report>>[]) =>
	answers.map((answer) =>
		answer.status === "uploadsNeeded" ? answer.uploads.length : answer.status,
	);

async function patch(path: string, content: Buffer): Promise<number> {
	const answer = await fetch(origin() + path, {
		method: "PATCH",
		headers: {
			"tus-resumable": "1.0.0",
			"upload-offset": "0",
			"content-type": "application/offset+octet-stream",
		},
		body: new Uint8Array(content),
	});
	return answer.status;
}

test("a task brings its outputs twice at most, and then it ends with the reason", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	expect(
		granted([
			await report(device, listing(taskId, 2, MIB)),
			await report(device, listing(taskId, 2, MIB)),
		]),
	).toEqual([2, 2]);

	const answer = await report(device, listing(taskId, 1, 1));
	expect(answer).toEqual({
		status: "refused",
		message:
			"The task has brought 4194304 bytes in 4 files already; together with the outputs that it lists now that is more than the 4194304 bytes in 2000 files that it may bring.",
	});
	expect(
		await database.db.task.findUniqueOrThrow({ where: { id: taskId } }),
	).toMatchObject({
		state: "errored",
		errorCode: "diskLimit",
		errorDetail: expect.stringContaining("that it may bring"),
	});
	expect((await open({ taskId })).uploads).toBe(4);
});

test("what is complete counts for the task as well", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	for (const byte of [1, 2]) {
		const answer = await report(device, listing(taskId, 1, 2 * MIB));
		if (answer.status !== "uploadsNeeded") throw new Error(answer.status);
		for (const { path } of answer.uploads)
			expect(await patch(path, Buffer.alloc(2 * MIB, byte))).toBe(204);
	}
	expect(await open({ taskId })).toEqual({ uploads: 0, bytes: 0 });
	expect(granted([await report(device, listing(taskId, 1, MIB))])).toEqual([
		"refused",
	]);
});

test("a task cannot bring any number of empty files", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	expect(
		granted([
			await report(device, listing(taskId, 1000, 0)),
			await report(device, listing(taskId, 1000, 0)),
			await report(device, listing(taskId, 1, 0)),
		]),
	).toEqual([1000, 1000, "refused"]);
});

test("of the same report many times at once, each output gets one upload", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	const said = listing(taskId, 2, MIB);
	const answers = await Promise.all(
		Array.from({ length: 8 }, () => report(device, said)),
	);
	expect(granted(answers)).toEqual(Array(8).fill(2));
	expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
	expect(await open({ taskId })).toEqual({ uploads: 2, bytes: 2 * MIB });
});

test("reports of one task that race with ever other outputs do not get past its bound", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	await Promise.all(
		Array.from({ length: 12 }, () => report(device, listing(taskId, 1, MIB))),
	);
	expect(await open({ taskId })).toEqual({ uploads: 4, bytes: 4 * MIB });
});

test("tasks of one device that race for its share get what there is, and the rest when there is room again", async () => {
	const device = await aDevice(database.db);
	const tasks = await tasksOn(device, 8);
	const said = tasks.map((taskId) => listing(taskId, 2, MIB));
	const answers = await Promise.all(said.map((one) => report(device, one)));
	expect(granted(answers).sort()).toEqual([0, 0, 0, 0, 2, 2, 2, 2]);
	expect(await open({ deviceId: device.id })).toEqual({
		uploads: 8,
		bytes: 8 * MIB,
	});

	const content = Buffer.alloc(MIB, 7);
	for (const answer of answers)
		if (answer.status === "uploadsNeeded")
			for (const { path } of answer.uploads) await patch(path, content);
	const waiting = said.filter((_, index) => {
		const answer = answers[index];
		return answer?.status === "uploadsNeeded" && answer.uploads.length === 0;
	});
	const again = await Promise.all(waiting.map((one) => report(device, one)));
	expect(granted(again)).toEqual([2, 2, 2, 2]);
});

test("many devices of one owner are not many owners", async () => {
	const { id: ownerId } = await aUser(database.db);
	const devices = await Promise.all(
		Array.from({ length: 6 }, () => aDevice(database.db, { ownerId })),
	);
	const said = await Promise.all(
		devices.map(async (device) => ({
			device,
			reports: (await tasksOn(device, 4)).map((id) => listing(id, 1, 2 * MIB)),
		})),
	);
	await Promise.all(
		said.flatMap(({ device, reports }) =>
			reports.map((one) => report(device, one)),
		),
	);
	const shares = await Promise.all(
		devices.map(({ id }) => open({ deviceId: id })),
	);
	const together = shares.reduce((sum, { bytes }) => sum + bytes, 0);
	expect(together).toBe(32 * MIB);

	const other = await aDevice(database.db);
	const itsTask = await taskOn(other);
	expect(granted([await report(other, listing(itsTask, 1, MIB))])).toEqual([1]);
});

test("a device without an account has its own share", async () => {
	const device = await aDeviceWithoutAccount(database.db);
	const tasks = await tasksOn(device, 8);
	await Promise.all(
		tasks.map((taskId) => report(device, listing(taskId, 2, MIB))),
	);
	expect(await open({ deviceId: device.id })).toEqual({
		uploads: 8,
		bytes: 8 * MIB,
	});
});

test("the share of a task that ended is free again, once its bytes are gone", async () => {
	const device = await aDevice(database.db);
	const [first = "", ...others] = await tasksOn(device, 5);
	const answer = await report(device, listing(first, 1, 2 * MIB));
	if (answer.status !== "uploadsNeeded") throw new Error(answer.status);
	const path = answer.uploads[0]?.path ?? "";
	await fetch(origin() + path, {
		method: "HEAD",
		headers: { "tus-resumable": "1.0.0" },
	});
	const { id } = await database.db.upload.findFirstOrThrow({
		where: { taskId: first },
	});
	const file = join(uploadsFolder(services().config.dataFolder), id);
	expect(existsSync(file)).toBe(true);
	for (const taskId of others)
		await report(device, listing(taskId, 1, 2 * MIB));
	expect((await open({ deviceId: device.id })).bytes).toBe(8 * MIB);

	await database.db.task.update({
		where: { id: first },
		data: { state: "cancelled" },
	});
	await forgetTaskUploads(services());
	expect(existsSync(file)).toBe(false);
	expect((await open({ deviceId: device.id })).bytes).toBe(6 * MIB);
	expect(await patch(path, Buffer.alloc(2 * MIB))).toBe(404);
});

test("a lost task keeps its uploads as long as somebody waits for its result", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	await report(device, listing(taskId, 1, MIB));
	const task = await database.db.task.update({
		where: { id: taskId },
		data: { state: "lost" },
	});
	await forgetTaskUploads(services());
	expect((await open({ taskId })).uploads).toBe(1);

	await database.db.workUnit.update({
		where: { id: task.workUnitId },
		data: { state: "done" },
	});
	await forgetTaskUploads(services());
	expect((await open({ taskId })).uploads).toBe(0);
});

test("an output that is larger than a file may be is refused, and the researcher reads why", async () => {
	const device = await aDevice(database.db);
	const version = await anAppVersion(database.db, { diskMiB: 64 });
	const batch = await aBatch(database.db, { appVersionId: version.id });
	const { id: taskId } = await database.db.task.findFirstOrThrow({
		where: { batchId: batch.id },
	});
	await database.db.task.update({
		where: { id: taskId },
		data: { state: "running", deviceId: device.id, ownerId: device.ownerId },
	});
	expect(await report(device, listing(taskId, 1, 3 * MIB))).toEqual({
		status: "refused",
		message: "A file may have up to 2 MiB here.",
	});
	expect(
		await database.db.task.findUniqueOrThrow({ where: { id: taskId } }),
	).toMatchObject({ state: "errored", errorCode: "diskLimit" });
});

test("what comes inside a report is not kept before the report can be taken", async () => {
	const device = await aDevice(database.db);
	const taskId = await taskOn(device);
	const inline = aReport(taskId, `inside ${randomUUID()}`);
	const said = listing(taskId, 1, MIB);
	const answer = await report(device, {
		...said,
		outputs: [...said.outputs, ...inline.outputs],
	});
	expect(granted([answer])).toEqual([1]);
	const [{ sha256 } = { sha256: "" }] = inline.outputs;
	expect(await services().blobs.has(sha256)).toBe(false);
});

test("a person's uploads that race do not get past the person's share", async () => {
	const userId = randomUUID();
	const answers = await Promise.allSettled(
		Array.from({ length: 10 }, () =>
			createUpload(services(), {
				purpose: "batchInput",
				userId,
				name: "a",
				bytes: MIB,
			}),
		),
	);
	const refusals = answers.filter(({ status }) => status === "rejected");
	expect(refusals).toHaveLength(6);
	for (const refusal of refusals)
		expect(refusal).toMatchObject({ reason: { code: "tooMany" } });
	expect(await database.db.upload.count({ where: { userId } })).toBe(4);
});
