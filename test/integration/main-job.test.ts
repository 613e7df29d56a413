import { afterEach, describe, expect, it } from "vitest";
import { sumTrust } from "../../server/trust/device-trust-store.ts";
import { creditOfBatch } from "../support/credit-of-batch.ts";
import { aBatch, anAppVersion, aReport, aUser } from "../support/factories.ts";
import { type Behaviour, ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";
import { waitReasonsOf } from "../support/wait-reasons-of.ts";

const database = testDatabase();
const server = testServer(database);
const devices: ScriptedDevice[] = [];
afterEach(async () => {
	for (const device of devices.splice(0)) device.close();
	// What a test left waiting must not be placed on the next test's devices.
	await database.db.batch.updateMany({ data: { state: "cancelled" } });
});

async function connect(
	behaviour: Behaviour,
	options?: Parameters<typeof ScriptedDevice.connect>[3],
) {
	const device = await ScriptedDevice.connect(
		database.db,
		server().url,
		behaviour,
		options,
	);
	devices.push(device);
	return device;
}
const squares: Behaviour = ({ parameters }) =>
	String(Number(parameters.n) ** 2);
const batchEnds = (id: string) =>
	until("the batch is done", async () => {
		const batch = await database.db.batch.findUniqueOrThrow({ where: { id } });
		return batch.state === "done" && batch;
	});

describe("the main job", () => {
	it("computes every work unit twice, checks, grants credit once and ends the batch", async () => {
		const batch = await aBatch(database.db, { units: 30 });
		const [a, b] = [await connect(squares), await connect(squares)];
		const ended = await batchEnds(batch.id);

		expect(ended).toMatchObject({
			doneUnits: 30,
			failedUnits: 0,
			cancelledUnits: 0,
		});
		const tasks = await database.db.task.findMany({
			where: { batchId: batch.id },
		});
		expect(tasks).toHaveLength(60);
		expect(tasks.every(({ state }) => state === "valid")).toBe(true);
		const entries = await creditOfBatch(database.db, batch.id);
		expect(entries).toHaveLength(60);
		for (const device of [a, b]) {
			const row = await database.db.device.findUniqueOrThrow({
				where: { id: device.id },
				include: {
					credit: true,
					trust: true,
					owner: { include: { credit: true } },
				},
			});
			const { _sum } = await database.db.creditEntry.aggregate({
				where: { deviceId: device.id },
				_sum: { amount: true },
			});
			expect(row.trust).toMatchObject([
				{ appVersionId: batch.appVersionId, validTasks: 30 },
			]);
			expect(row.credit?.total).toBeCloseTo(_sum.amount ?? 0, 9);
			expect(row.owner?.credit?.total).toBeCloseTo(_sum.amount ?? 0, 9);
			expect(row.credit?.recent).toBeGreaterThan(0);
		}
	});

	it("never gives both copies of a work unit to devices of one owner, and says what it waits for", async () => {
		const owner = await aUser(database.db);
		const batch = await aBatch(database.db, { units: 5 });
		await connect(squares, { ownerId: owner.id });
		await connect(squares, { ownerId: owner.id });
		await until("the batch says that it needs another owner", async () => {
			const waitReasons = await waitReasonsOf(database.db, batch.id);
			const reported = await database.db.task.count({
				where: { batchId: batch.id, state: "reported" },
			});
			return reported === 5 && "needsAnotherOwner" in waitReasons;
		});

		await connect(squares);
		expect(await batchEnds(batch.id)).toMatchObject({ doneUnits: 5 });
	});

	it("outvotes a device that lies, and takes its trust away", async () => {
		const batch = await aBatch(database.db, { units: 4 });
		const liar = await connect(() => "I made it up");
		await connect(squares);
		await connect(squares);
		expect(await batchEnds(batch.id)).toMatchObject({ doneUnits: 4 });
		const row = await database.db.device.findUniqueOrThrow({
			where: { id: liar.id },
			include: { credit: true },
		});
		expect(row.credit).toBeNull();
		expect(await sumTrust(database.db, liar.id)).toMatchObject({
			validTasks: 0,
			consecutiveValid: 0,
		});
		const canonical = await database.db.workUnit.findMany({
			where: { batchId: batch.id },
			orderBy: { index: "asc" },
		});
		for (const { canonicalTaskId, index } of canonical) {
			const output = await database.db.taskOutput.findFirstOrThrow({
				where: { taskId: canonicalTaskId ?? "" },
			});
			const chunks = await (
				await server().services.blobs.read(output.sha256)
			).toArray();
			expect(Buffer.concat(chunks).toString()).toBe(String(index ** 2));
		}
	});

	it("accepts results that differ in the last digits where the app version allows it", async () => {
		const version = await anAppVersion(database.db, {
			comparison: {
				kind: "numeric",
				format: "json",
				absolute: 0,
				relative: 1e-9,
			},
		});
		const batch = await aBatch(database.db, {
			appVersionId: version.id,
			units: 3,
		});
		await connect(() => '{"energy": 1.0000000000001}');
		await connect(() => '{"energy": 1.0}');
		expect(await batchEnds(batch.id)).toMatchObject({ doneUnits: 3 });
	});

	it("runs a failed task elsewhere, and fails the work unit when every device fails", async () => {
		const failing: Behaviour = ({ taskId }) => ({
			...aReport(taskId, ""),
			outcome: "failed",
			exitCode: 3,
			errorCode: "exitCode",
			outputs: [],
		});
		const batch = await aBatch(database.db, { units: 1, maxErrors: 1 });
		for (let i = 0; i < 3; i++) await connect(failing);
		const ended = await batchEnds(batch.id);
		expect(ended).toMatchObject({ doneUnits: 0, failedUnits: 1 });
		const unit = await database.db.workUnit.findFirstOrThrow({
			where: { batchId: batch.id },
		});
		expect(unit).toMatchObject({
			state: "failed",
			failureReason: "tooManyErrors",
			reviewAt: null,
		});
	});

	it("accepts the same report a hundred times and counts it once", async () => {
		const batch = await aBatch(database.db, { units: 1 });
		const eager = await connect(async ({ taskId }) => aReport(taskId, "0"));
		const other = await connect(() => "0");
		await batchEnds(batch.id);
		const { report } = eager.reported[0] ?? {};
		if (!report) throw new Error("The device has reported nothing.");
		const answers = await Promise.all(
			Array.from({ length: 100 }, () => eager.report(report)),
		);
		expect(new Set(answers.map(({ status }) => status))).toEqual(
			new Set(["accepted"]),
		);
		expect(await creditOfBatch(database.db, batch.id)).toHaveLength(2);
		expect(other.reported).toHaveLength(1);
	});

	it("refuses an output that is not what its hash says, and changes nothing", async () => {
		const batch = await aBatch(database.db, {
			units: 1,
			quorum: 1,
			targetCopies: 1,
		});
		const forger = await connect(() => undefined);
		const assignment = await until(
			"the task is assigned",
			async () => forger.wanted?.assignments[0],
		);
		const report = aReport(assignment.taskId, "honest");
		const forged = {
			...report,
			outputs: report.outputs.map((output) => ({
				...output,
				sha256: "0".repeat(64),
			})),
		};
		expect(await forger.report(forged)).toMatchObject({ status: "refused" });
		const task = await database.db.task.findUniqueOrThrow({
			where: { id: assignment.taskId },
		});
		expect(task).toMatchObject({ state: "leased", outputDigest: null });
		expect(await forger.report(report)).toEqual({ status: "accepted" });
		expect(await batchEnds(batch.id)).toMatchObject({ doneUnits: 1 });
	});

	it("tells a device that another's task is none of its business", async () => {
		const batch = await aBatch(database.db, {
			units: 1,
			quorum: 1,
			targetCopies: 1,
		});
		const holder = await connect(() => undefined);
		const assignment = await until(
			"the task is assigned",
			async () => holder.wanted?.assignments[0],
		);
		const stranger = await connect(() => undefined, { offer: { cores: 0 } });
		expect(await stranger.report(aReport(assignment.taskId, "mine"))).toEqual({
			status: "obsolete",
		});
		const task = await database.db.task.findUniqueOrThrow({
			where: { id: assignment.taskId },
		});
		expect(task).toMatchObject({
			state: "leased",
			deviceId: holder.id,
			batchId: batch.id,
		});
	});

	it("says that devices are busy, not that there are none, while they have all they can take", async () => {
		const batch = await aBatch(database.db, { units: 8 });
		await connect(() => undefined, { offer: { cores: 1 } });
		await connect(() => undefined, { offer: { cores: 1 } });
		const reasons = await until(
			"the batch says that devices are busy",
			async () => {
				const waitReasons = await waitReasonsOf(database.db, batch.id);
				return "busy" in waitReasons && waitReasons;
			},
		);
		expect(reasons).toEqual({ busy: 2 });
	});
});
