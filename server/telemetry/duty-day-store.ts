import type { Db } from "../database/db.ts";
import {
	BYTES_PER_STEP,
	DAY_MS,
	DUTY_STEP_SECONDS,
	dayOf,
	packDuty,
	STEPS_PER_DAY,
	STEPS_PER_HOUR,
	unpackDuty,
} from "./duty-day-codec.ts";
import type { DutySeries } from "./duty-series.ts";
import { HOUR_MS } from "./telemetry-codec.ts";

const EMPTY_DAY = packDuty(new Float32Array(STEPS_PER_DAY).fill(Number.NaN));

/**
 * Writes an hour of a device's duty into its day. The whole hour is written each time, so that writing it again changes
 * nothing; hours of one day may come in any order.
 * @param hour Unix milliseconds of its beginning
 */
export async function storeDutyHour(
	db: Db,
	deviceId: string,
	hour: number,
	duty: Float32Array,
	now: Date,
): Promise<void> {
	const day = new Date(dayOf(hour));
	const first = ((hour - day.getTime()) / HOUR_MS) * STEPS_PER_HOUR;
	const packed = packDuty(duty);
	// SQL counts bytes from 1.
	const from = first * BYTES_PER_STEP + 1;
	await db.$executeRaw`
		INSERT INTO "DutyDay" AS d ("deviceId", "day", "steps", "updatedAt")
		VALUES (${deviceId}::uuid, ${day}::date, overlay(${EMPTY_DAY}::bytea PLACING ${packed}::bytea FROM ${from}::int), ${now})
		ON CONFLICT ("deviceId", "day") DO UPDATE
		SET "steps" = overlay(d."steps" PLACING ${packed}::bytea FROM ${from}::int), "updatedAt" = ${now}`;
}

/** Writes whole days at once: what a demo or an import knows of a device's past. Days that are there already stay. */
export async function importDuty(
	db: Db,
	deviceId: string,
	series: Pick<DutySeries, "start" | "mean">,
	now: Date,
): Promise<void> {
	const days = new Map<number, Float32Array>();
	series.mean.forEach((percent, i) => {
		const t = (series.start + i * DUTY_STEP_SECONDS) * 1000;
		const day = dayOf(t);
		const steps =
			days.get(day) ?? new Float32Array(STEPS_PER_DAY).fill(Number.NaN);
		steps[Math.floor((t - day) / 1000 / DUTY_STEP_SECONDS)] = percent;
		days.set(day, steps);
	});
	await db.dutyDay.createMany({
		data: [...days].map(([day, steps]) => ({
			deviceId,
			day: new Date(day),
			steps: packDuty(steps),
			updatedAt: now,
		})),
		skipDuplicates: true,
	});
}

/**
 * The duty of these devices from `from` (taken to the beginning of its UTC day) up to the end of the step in which `to`
 * lies. Devices of which nothing is known are there too, with a series of nothing but gaps.
 */
export async function readDuty(
	db: Db,
	devices: readonly { id: string; kind: DutySeries["kind"] }[],
	from: Date,
	to: Date,
): Promise<Map<string, DutySeries>> {
	const start = dayOf(from.getTime());
	const steps = Math.ceil((to.getTime() - start) / 1000 / DUTY_STEP_SECONDS);
	const rows = await db.$queryRaw<
		{ deviceId: string; day: Date; steps: Uint8Array }[]
	>`
		SELECT "deviceId", "day", "steps" FROM "DutyDay"
		WHERE "deviceId" = ANY(${devices.map(({ id }) => id)}::uuid[])
		AND "day" BETWEEN ${new Date(start)}::date AND ${new Date(dayOf(to.getTime()))}::date`;
	const series = new Map(
		devices.map(({ id, kind }): [string, DutySeries] => [
			id,
			{
				name: id,
				start: start / 1000,
				stepSeconds: DUTY_STEP_SECONDS,
				mean: new Float32Array(steps).fill(Number.NaN),
				...(kind && { kind }),
			},
		]),
	);
	for (const row of rows) {
		const ofDevice = series.get(row.deviceId);
		const offset = ((row.day.getTime() - start) / DAY_MS) * STEPS_PER_DAY;
		if (ofDevice) unpackDuty(row.steps, ofDevice.mean, offset);
	}
	return series;
}
