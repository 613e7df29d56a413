import { createHash } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import type { Assignment, Report } from "../../agent/core/protocol.ts";
import { creditOfBatch } from "../support/credit-of-batch.ts";
import { aBatch, aReport } from "../support/factories.ts";
import { type Behaviour, ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

const database = testDatabase();
const server = testServer(database);
const devices: ScriptedDevice[] = [];
afterAll(() => {
	for (const device of devices) device.close();
});

async function connect(behaviour: Behaviour): Promise<ScriptedDevice> {
	const { db } = database;
	const device = await ScriptedDevice.connect(db, server().url, behaviour);
	devices.push(device);
	return device;
}

const CHECKPOINT = "half of the way";

/** Gives a task back as an agent does whose owner needs the device. */
async function giveBack(device: ScriptedDevice, taskId: string) {
	const report: Report = {
		...aReport(taskId, ""),
		outcome: "returned",
		errorCode: "ownerNeedsDevice",
		outputs: [],
		checkpoint: {
			bytes: CHECKPOINT.length,
			sha256: createHash("sha256").update(CHECKPOINT).digest("hex"),
		},
	};
	const answer = await device.report(report);
	if (answer.status !== "uploadsNeeded") throw new Error(answer.status);
	for (const { path } of answer.uploads)
		await fetch(server().url + path, {
			method: "PATCH",
			headers: {
				"tus-resumable": "1.0.0",
				"upload-offset": "0",
				"content-type": "application/offset+octet-stream",
			},
			body: CHECKPOINT,
		});
	expect(await device.report(report)).toEqual({ status: "accepted" });
}

test("a work unit whose first device is needed back is finished by others, one of them from the checkpoint", async () => {
	const begun: Assignment[] = [];
	const first = await connect((assignment) => {
		begun.push(assignment);
		return undefined;
	});
	const batch = await aBatch(database.db, { placement: "spread" });
	await until("the first device has a task", async () => begun[0]);
	await giveBack(first, begun[0]?.taskId ?? "");
	first.close();

	const goneOnFrom: string[] = [];
	const work: Behaviour = async ({ checkpoint }) => {
		if (checkpoint) {
			const bytes = await fetch(server().url + checkpoint.path);
			goneOnFrom.push(await bytes.text());
		}
		return "the answer";
	};
	await connect(work);
	await connect(work);
	await until("the batch is done", async () => {
		const { state } = await database.db.batch.findUniqueOrThrow({
			where: { id: batch.id },
		});
		return state === "done";
	});
	expect(goneOnFrom).toEqual([CHECKPOINT]);
	const tasks = await database.db.task.findMany({
		where: { batchId: batch.id },
		orderBy: { number: "asc" },
	});
	expect(tasks.map(({ state }) => state).sort()).toEqual([
		"returned",
		"valid",
		"valid",
	]);
	expect(new Set(tasks.map(({ ownerId }) => ownerId)).size).toBe(3);
	const entries = await creditOfBatch(database.db, batch.id);
	expect(entries).toHaveLength(3);
	for (const { amount } of entries) expect(amount).toBeGreaterThan(0);
});
