import { HOUR_MS, type TelemetryHour } from "./telemetry-codec.ts";

/**
 * A UTC day of one device's duty: the mean load of each step of five minutes, two bytes a step (hundredths of a percent,
 * big-endian), so that two weeks of a thousand devices are a few megabytes. What the predictor learns from.
 */
export const DUTY_STEP_SECONDS = 300;
export const DAY_MS = 24 * HOUR_MS;
export const STEPS_PER_DAY = DAY_MS / 1000 / DUTY_STEP_SECONDS;
export const STEPS_PER_HOUR = STEPS_PER_DAY / 24;
export const BYTES_PER_STEP = 2;
const NOT_MEASURED = 0xffff;

/** The beginning of the UTC day that `t` (Unix milliseconds) falls into. */
export const dayOf = (t: number): number => t - (t % DAY_MS);

/** The mean duty of each step of an hour, in percent; NaN where nothing was measured. */
export function dutyOfHour(hour: TelemetryHour): Float32Array {
	const sums = new Float64Array(STEPS_PER_HOUR);
	const counts = new Uint32Array(STEPS_PER_HOUR);
	for (const { t, dutyCpu } of hour.values()) {
		const step = Math.floor((t % HOUR_MS) / 1000 / DUTY_STEP_SECONDS);
		sums[step] = (sums[step] ?? 0) + dutyCpu;
		counts[step] = (counts[step] ?? 0) + 1;
	}
	return Float32Array.from(sums, (sum, step) => {
		const count = counts[step] ?? 0;
		return count > 0 ? sum / count : Number.NaN;
	});
}

/** @param percents of neighbouring steps; NaN where nothing was measured */
export function packDuty(percents: ArrayLike<number>): Uint8Array<ArrayBuffer> {
	const bytes = new DataView(new ArrayBuffer(percents.length * BYTES_PER_STEP));
	for (let step = 0; step < percents.length; step++) {
		const percent = percents[step] ?? Number.NaN;
		const value = Number.isNaN(percent)
			? NOT_MEASURED
			: Math.round(Math.min(100, Math.max(0, percent)) * 100);
		bytes.setUint16(step * BYTES_PER_STEP, value);
	}
	return new Uint8Array(bytes.buffer);
}

/** Writes what was packed to `into`, from `offset` on. */
export function unpackDuty(
	packed: Uint8Array,
	into: Float32Array,
	offset: number,
): void {
	const bytes = new DataView(
		packed.buffer,
		packed.byteOffset,
		packed.byteLength,
	);
	for (let step = 0; step < packed.byteLength / BYTES_PER_STEP; step++) {
		if (offset + step < 0 || offset + step >= into.length) continue;
		const value = bytes.getUint16(step * BYTES_PER_STEP);
		into[offset + step] = value === NOT_MEASURED ? Number.NaN : value / 100;
	}
}
