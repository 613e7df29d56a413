import { expect, test } from "vitest";
import type { Sample } from "../../../agent/core/protocol.ts";
import {
	MAX_CLOCK_LEAD_MS,
	MAX_SAMPLE_AGE_MS,
	readTelemetry,
	storeTelemetry,
} from "../../../server/telemetry/telemetry-store.ts";
import { aDevice } from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
const now = new Date("2026-03-01T12:10:00Z");
const at = (text: string) => new Date(`2026-03-01T${text}Z`);

const aSample = (t: Date | number, fields: Partial<Sample> = {}): Sample => ({
	t: Number(t),
	dutyCpu: 10,
	oursCpu: 50,
	dutyMemory: 30,
	oursMemory: 5,
	diskFreeMiB: 1000,
	temperature: 50,
	load: 1,
	...fields,
});
/** One sample every two seconds. */
const aMinute = (from: Date, fields: Partial<Sample> = {}) =>
	Array.from({ length: 30 }, (_, index) =>
		aSample(from.getTime() + index * 2000, fields),
	);
const store = (deviceId: string, samples: Sample[]) =>
	storeTelemetry(database.db, deviceId, { samples }, now);
const read = (deviceId: string, from: Date, to: Date, maxPoints = 10_000) =>
	readTelemetry(database.db, deviceId, { from, to }, maxPoints);
const chunksOf = (deviceId: string) =>
	database.db.telemetryChunk.findMany({
		where: { deviceId },
		orderBy: { hour: "asc" },
	});

test("samples over an hour's boundary lie in two hours and are read as one series", async () => {
	const { id } = await aDevice(database.db);
	await store(id, aMinute(at("11:59:30")));
	expect((await chunksOf(id)).map(({ count }) => count)).toEqual([15, 15]);
	const { points, stretchMs } = await read(id, at("11:00:00"), at("13:00:00"));
	expect(stretchMs).toBe(2000);
	expect(points.map(({ t }) => t)).toEqual(
		aMinute(at("11:59:30")).map(({ t }) => t),
	);
});

test("the same samples again change nothing, not even the row", async () => {
	const { id } = await aDevice(database.db);
	await store(id, aMinute(at("12:00:00")));
	const before = await chunksOf(id);
	await storeTelemetry(
		database.db,
		id,
		{ samples: aMinute(at("12:00:00")) },
		new Date(now.getTime() + 1000),
	);
	expect(await chunksOf(id)).toEqual(before);
});

test("samples that arrive late and out of order find their place", async () => {
	const { id } = await aDevice(database.db);
	const late = aMinute(at("12:01:00")).reverse();
	await store(id, aMinute(at("12:02:00")));
	await store(id, late);
	await store(id, aMinute(at("12:00:00")));
	const { points } = await read(id, at("12:00:00"), at("12:03:00"));
	expect(points).toHaveLength(90);
	expect(points.map(({ t }) => t)).toEqual(
		[...points.map(({ t }) => t)].sort((a, b) => a - b),
	);
});

test("minutes that arrive at the same moment are all kept", async () => {
	const { id } = await aDevice(database.db);
	const minutes = Array.from({ length: 10 }, (_, minute) =>
		aMinute(new Date(at("11:55:00").getTime() + minute * 60_000)),
	);
	await Promise.all(minutes.map((minute) => store(id, minute)));
	const { points } = await read(id, at("11:00:00"), at("13:00:00"));
	expect(points).toHaveLength(300);
});

test("samples from the future or from too long ago are left out, the others kept", async () => {
	const { id } = await aDevice(database.db);
	const samples = [
		aSample(now.getTime() + MAX_CLOCK_LEAD_MS + 1),
		aSample(now.getTime() - MAX_SAMPLE_AGE_MS - 1),
		aSample(Number.MAX_SAFE_INTEGER),
		aSample(0),
		aSample(now.getTime() + MAX_CLOCK_LEAD_MS),
	];
	expect(await store(id, samples)).toEqual({ refused: 4 });
	expect((await chunksOf(id)).map(({ count }) => count)).toEqual([1]);
});

test("the device shows the newest load, whatever arrives after it", async () => {
	const { id } = await aDevice(database.db);
	await store(id, [
		aSample(at("12:05:00"), { dutyCpu: 70, oursCpu: 20 }),
		aSample(at("12:04:00"), { dutyCpu: 1 }),
	]);
	await store(id, [aSample(at("12:01:00"), { dutyCpu: 3 })]);
	expect(
		await database.db.devicePresence.findUnique({ where: { deviceId: id } }),
	).toMatchObject({
		dutyCpu: 70,
		oursCpu: 20,
		sampledAt: at("12:05:00"),
	});
});

test("fewer points than samples carry the mean and the highest of each stretch", async () => {
	const { id } = await aDevice(database.db);
	const calm = aMinute(at("12:00:00"), { dutyCpu: 10 });
	const spike = aSample(at("12:01:00"), { dutyCpu: 100, temperature: null });
	await store(id, [...calm, spike]);
	const { points, stretchMs } = await read(
		id,
		at("12:00:00"),
		at("12:04:00"),
		2,
	);
	expect(stretchMs).toBe(120_000);
	expect(points).toHaveLength(1);
	expect(points[0]).toMatchObject({ samples: 31, temperature: 50 });
	expect(points[0]?.dutyCpu.max).toBe(100);
	expect(points[0]?.dutyCpu.mean).toBeCloseTo((30 * 10 + 100) / 31, 6);
});

test("a week of one device is read as a few hundred points", async () => {
	const { id } = await aDevice(database.db);
	for (let day = 0; day < 7; day += 1)
		await store(
			id,
			Array.from({ length: 48 }, (_, index) =>
				aSample(now.getTime() - day * 86_400_000 - index * 1_800_000),
			).filter(({ t }) => t >= now.getTime() - MAX_SAMPLE_AGE_MS),
		);
	const from = new Date(now.getTime() - MAX_SAMPLE_AGE_MS);
	const { points } = await read(id, from, now, 336);
	expect(points.length).toBeGreaterThan(300);
	expect(points.length).toBeLessThanOrEqual(337);
});
