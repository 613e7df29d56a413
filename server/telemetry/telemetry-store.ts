import type { Sample, Telemetry } from "../../agent/core/protocol.ts";
import { type Db, inTransaction } from "../database/db.ts";
import {
	stretchOf,
	TelemetryDownsampler,
	type TelemetryPoint,
} from "./downsample-telemetry.ts";
import { dutyOfHour } from "./duty-day-codec.ts";
import { storeDutyHour } from "./duty-day-store.ts";
import {
	HOUR_MS,
	hourOf,
	mergeSamples,
	packTelemetry,
	unpackTelemetry,
} from "./telemetry-codec.ts";

/** A device's clock may be this much ahead of ours. */
export const MAX_CLOCK_LEAD_MS = 5 * 60_000;
/** Older samples help nobody and are not taken: a device may have been away for this long. */
export const MAX_SAMPLE_AGE_MS = 7 * 24 * HOUR_MS;
/** Chunks read at a time, so that a week of one device is never all in memory. */
const CHUNKS_AT_A_TIME = 24;

/**
 * Adds the samples to the device's hours. Sending the same again changes nothing, whoever sends at the same time.
 * Samples from the future or from too long ago are left out: no repetition would make them right, so that the device
 * need not keep them. Answers how many were left out.
 */
export async function storeTelemetry(
	db: Db,
	deviceId: string,
	telemetry: Telemetry,
	now: Date,
): Promise<{ refused: number }> {
	const earliest = now.getTime() - MAX_SAMPLE_AGE_MS;
	const latest = now.getTime() + MAX_CLOCK_LEAD_MS;
	const samples = telemetry.samples.filter(
		({ t }) => t >= earliest && t <= latest,
	);
	const newest = samples.reduce<Sample | undefined>(
		(newer, sample) => (newer && newer.t >= sample.t ? newer : sample),
		undefined,
	);
	if (newest)
		await inTransaction(db, async (transaction) => {
			for (const [hour, ofHour] of groupByHour(samples))
				await addToHour(transaction, deviceId, hour, ofHour, now);
			await noteNewest(transaction, deviceId, newest);
		});
	return { refused: telemetry.samples.length - samples.length };
}

/** In order of time: two writers take the rows in the same order. */
function groupByHour(samples: readonly Sample[]): [number, Sample[]][] {
	const hours = new Map<number, Sample[]>();
	for (const sample of samples) {
		const hour = hourOf(sample.t);
		const ofHour = hours.get(hour);
		if (ofHour) ofHour.push(sample);
		else hours.set(hour, [sample]);
	}
	return [...hours].sort(([a], [b]) => a - b);
}

async function addToHour(
	db: Db,
	deviceId: string,
	hour: number,
	arriving: readonly Sample[],
	now: Date,
): Promise<void> {
	const known = await lockHour(db, deviceId, hour, now);
	const { merged, changed } = mergeSamples(known, arriving, hour);
	if (!changed) return;
	await db.telemetryChunk.update({
		where: { deviceId_hour: { deviceId, hour: new Date(hour) } },
		data: {
			samples: new Uint8Array(packTelemetry(merged)),
			count: merged.size,
			updatedAt: now,
		},
		select: { count: true },
	});
	await storeDutyHour(db, deviceId, hour, dutyOfHour(merged), now);
}

/** The hour's samples; its row is there afterwards, and this transaction's until it ends. */
async function lockHour(db: Db, deviceId: string, hour: number, now: Date) {
	const empty = packTelemetry(new Map());
	await db.$executeRaw`
		INSERT INTO "TelemetryChunk" ("deviceId", "hour", "samples", "count", "updatedAt")
		VALUES (${deviceId}::uuid, ${new Date(hour)}, ${empty}, 0, ${now})
		ON CONFLICT DO NOTHING`;
	const [row] = await db.$queryRaw<{ samples: Uint8Array }[]>`
		SELECT "samples" FROM "TelemetryChunk"
		WHERE "deviceId" = ${deviceId}::uuid AND "hour" = ${new Date(hour)} FOR UPDATE`;
	return row
		? unpackTelemetry(Buffer.from(row.samples), hour)
		: new Map<number, Sample>();
}

/** Last of all, so that the presence is held for a moment only: a heartbeat wants it as well. */
async function noteNewest(
	db: Db,
	deviceId: string,
	{ t, dutyCpu, oursCpu }: Sample,
): Promise<void> {
	await db.$executeRaw`
		INSERT INTO "DevicePresence" AS p ("deviceId", "dutyCpu", "oursCpu", "sampledAt")
		VALUES (${deviceId}::uuid, ${dutyCpu}, ${oursCpu}, ${new Date(t)})
		ON CONFLICT ("deviceId") DO UPDATE
		SET "dutyCpu" = EXCLUDED."dutyCpu", "oursCpu" = EXCLUDED."oursCpu", "sampledAt" = EXCLUDED."sampledAt"
		WHERE p."sampledAt" IS NULL OR p."sampledAt" < EXCLUDED."sampledAt"`;
}

/**
 * The device's load between two times, as at most `maxPoints` points (one more where the span cuts a stretch), each
 * with the mean and the highest of its samples. Times without samples have no point.
 */
export async function readTelemetry(
	db: Db,
	deviceId: string,
	span: { from: Date; to: Date },
	maxPoints: number,
): Promise<{ stretchMs: number; points: TelemetryPoint[] }> {
	const from = span.from.getTime();
	const to = span.to.getTime();
	const stretchMs = stretchOf(to - from, maxPoints);
	const downsampler = new TelemetryDownsampler(stretchMs);
	for await (const chunk of readChunks(db, deviceId, span))
		for (const sample of unpackTelemetry(
			Buffer.from(chunk.samples),
			chunk.hour.getTime(),
		).values())
			if (sample.t >= from && sample.t < to) downsampler.add(sample);
	return { stretchMs, points: downsampler.points() };
}

async function* readChunks(
	db: Db,
	deviceId: string,
	span: { from: Date; to: Date },
) {
	let hour = new Date(hourOf(span.from.getTime()));
	for (;;) {
		const chunks = await db.telemetryChunk.findMany({
			where: { deviceId, hour: { gte: hour, lt: span.to } },
			orderBy: { hour: "asc" },
			take: CHUNKS_AT_A_TIME,
			select: { hour: true, samples: true },
		});
		yield* chunks;
		const last = chunks.at(-1);
		if (!last || chunks.length < CHUNKS_AT_A_TIME) return;
		hour = new Date(last.hour.getTime() + 1);
	}
}
