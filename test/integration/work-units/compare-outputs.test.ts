import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { digestOutputs } from "../../../server/verification/digest-outputs.ts";
import { createReviewLoop } from "../../../server/work-units/review/review-loop.ts";
import { aBatch, aDevice, anAppVersion } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const services = testServices(database);
const loops: { stop(): Promise<void> }[] = [];
afterAll(() => Promise.all(loops.map((loop) => loop.stop())));
beforeEach(async () => {
	await database.db.workUnit.updateMany({ data: { reviewAt: null } });
});

/** Reviews go on by themselves, as in the server, by a clock that runs. */
function startReviews() {
	const loop = createReviewLoop(
		{ ...services(), clock: { now: () => new Date() } },
		services().threads.compare,
	);
	loops.push(loop);
	loop.start();
	return loop;
}

const NUMERIC = {
	kind: "numeric",
	format: "json",
	absolute: 0,
	relative: 1e-6,
};

/** A work unit of a new project that a device of each owner has reported this content for. */
async function aReportedWorkUnit(
	contents: readonly string[],
	comparison: object = NUMERIC,
	quorum = 2,
) {
	const { db } = database;
	const version = await anAppVersion(db, { comparison });
	const { id, workUnitIds } = await aBatch(db, {
		appVersionId: version.id,
		quorum,
		targetCopies: contents.length,
	});
	const tasks = await db.task.findMany({
		where: { batchId: id },
		orderBy: { number: "asc" },
	});
	for (const [i, content] of contents.entries()) {
		const device = await aDevice(db);
		const { sha256, bytes } = await services().blobs.put(Buffer.from(content));
		const output = { path: "result.json", sha256 };
		const taskId = tasks[i]?.id ?? "";
		await db.task.update({
			where: { id: taskId },
			data: {
				state: "reported",
				deviceId: device.id,
				ownerId: device.ownerId,
				outputDigest: digestOutputs([output]),
				outputs: { create: { ...output, bytes } },
			},
		});
	}
	const workUnitId = workUnitIds[0] ?? "";
	await db.workUnit.update({
		where: { id: workUnitId },
		data: { reviewAt: new Date() },
	});
	return { id: workUnitId, taskIds: tasks.map((task) => task.id) };
}

const isDone = async ({ id }: { id: string }) =>
	(await database.db.workUnit.findUniqueOrThrow({ where: { id } })).state ===
	"done";
const statesOf = async ({ id }: { id: string }) =>
	(
		await database.db.task.findMany({
			where: { workUnitId: id },
			orderBy: { number: "asc" },
		})
	).map(({ state }) => state);

/** Some MiB of numbers, none of them quite like those of another seed. */
const manyNumbers = (mebibytes: number, seed: number) =>
	`[${Array.from({ length: (mebibytes * 2 ** 20) / 20 }, (_, i) => (i + 1 + seed * 1e-9).toFixed(10)).join(",")}]`;

/** Takes a reader that puts members in order a time that grows with the square of its length. */
const hostileJson = (mebibytes: number) => {
	const depth = Math.floor((mebibytes * 2 ** 20) / 12);
	return `${'{"b":0,"a":'.repeat(depth)}1${"}".repeat(depth)}`;
};

describe("comparing results of strangers", () => {
	it("does not hold up everything else", async () => {
		const unit = await aReportedWorkUnit([
			manyNumbers(8, 1),
			manyNumbers(8, 2),
		]);
		const begun = performance.now();
		let last = begun;
		let longest = 0;
		const timer = setInterval(() => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
		}, 2);
		startReviews();
		await until("it is done", () => isDone(unit), 60_000);
		clearInterval(timer);
		expect(await statesOf(unit)).toEqual(["valid", "valid"]);
		expect(longest).toBeLessThan((performance.now() - begun) / 4);
	});

	it("lets a hostile result harm nobody: neither who agrees beside it, nor other work units", async () => {
		const attacked = await aReportedWorkUnit(
			['{"e":1}', hostileJson(1), '{"e":1.0000001}'],
			NUMERIC,
			2,
		);
		startReviews();
		await until(
			"the attacked one is being read",
			async () =>
				((
					await database.db.workUnit.findUniqueOrThrow({
						where: { id: attacked.id },
					})
				).reviewAt ?? 0) > new Date(),
		);
		const bitwise = await aReportedWorkUnit(["1", "1"], { kind: "bitwise" });
		const numeric = await aReportedWorkUnit(['{"e":2}', '{"e":2.0000001}']);
		await until("the others are done", async () =>
			Promise.all([isDone(bitwise), isDone(numeric)]).then((all) =>
				all.every(Boolean),
			),
		);
		expect(await isDone(attacked)).toBe(false);
		await until("the attacked one is done", () => isDone(attacked), 60_000);
		expect(await statesOf(attacked)).toEqual(["valid", "invalid", "valid"]);
	});

	it("gives a result that cannot be read its identical twin", async () => {
		const broken = await aReportedWorkUnit(['{"e":', '{"e": ', '{"e":']);
		startReviews();
		await until("it is done", () => isDone(broken));
		expect(await statesOf(broken)).toEqual(["valid", "invalid", "valid"]);
	});

	it("decides nothing while a result cannot be had, and goes on when it can", async () => {
		const unit = await aReportedWorkUnit(['{"e":3}', '{"e":3.0000001}']);
		const { blobs, clock, threads, ...rest } = services();
		let isAway = true;
		const loop = createReviewLoop(
			{
				...rest,
				clock: { now: () => clock.now() },
				blobs: {
					...blobs,
					read: (sha256: string) => {
						if (!isAway) return blobs.read(sha256);
						throw new Error("The disk is away.");
					},
				} as typeof blobs,
			},
			threads.compare,
		);
		loops.push(loop);
		clock.advance(Date.now() - clock.now().getTime() + 1);
		loop.start();
		await until(
			"it was tried",
			async () =>
				((
					await database.db.workUnit.findUniqueOrThrow({
						where: { id: unit.id },
					})
				).reviewAt ?? 0) > clock.now(),
		);
		expect(await statesOf(unit)).toEqual(["reported", "reported"]);
		isAway = false;
		clock.advance(120_000);
		loop.poke();
		await until("it is done", () => isDone(unit));
	});
});
