import { deflateRawSync, inflateRawSync } from "node:zlib";
import { SAMPLE_STEP_MS, type Sample } from "../../agent/core/protocol.ts";

/**
 * An hour of one device's samples in a few kilobytes.
 *
 * The hour has 1800 slots of two seconds; a sample belongs to the slot that its time falls into, and a slot holds one
 * sample. Packed: one version byte, then deflated: a bitmap of the slots that are there, and for each field a column of
 * whole numbers (fixed point, see COLUMNS), each number as the difference to the one before it, in variable length.
 * Neighbouring samples are alike, so that most differences are one byte, and deflate finds the rest.
 *
 * Rounding: times to 2 s slots with the exact millisecond kept, percents to 0.1, degrees to 0.1, load to 0.01, disk to
 * 1 MiB. Packing what was unpacked gives the same bytes again.
 */
export const HOUR_MS = 3_600_000;
export const SLOTS_PER_HOUR = HOUR_MS / SAMPLE_STEP_MS;
const VERSION = 1;
const BITMAP_BYTES = SLOTS_PER_HOUR / 8;
/** Far more than the fullest hour needs: what claims more is not ours. */
const MAX_UNPACKED_BYTES = 256 * 1024;

/** Samples of one hour by slot. */
export type TelemetryHour = ReadonlyMap<number, Sample>;

interface Column {
	field: Exclude<keyof Sample, "t">;
	/** Steps to the unit: 10 keeps one decimal. */
	scale: number;
}

const COLUMNS: readonly Column[] = [
	{ field: "dutyCpu", scale: 10 },
	{ field: "oursCpu", scale: 10 },
	{ field: "dutyMemory", scale: 10 },
	{ field: "oursMemory", scale: 10 },
	{ field: "diskFreeMiB", scale: 1 },
	{ field: "temperature", scale: 10 },
	{ field: "load", scale: 100 },
];
/** Stands for "no sensor"; a temperature is never this low. */
const NO_VALUE = -10_000;
const MAX_STEPS = 2 ** 40;
/** A difference of two numbers up to MAX_STEPS, in seven bits a byte. */
const MAX_NUMBER_BYTES = 6;

/** The beginning of the hour that `t` (Unix milliseconds) falls into. */
export const hourOf = (t: number): number => t - (t % HOUR_MS);
export const slotOf = (t: number): number =>
	Math.floor((t % HOUR_MS) / SAMPLE_STEP_MS);

/**
 * `known` with `arriving` added; of two samples in one slot the earlier stays. So whatever arrives twice, late or in
 * another order comes to the same hour. All samples must be of the hour that begins at `hour`.
 */
export function mergeSamples(
	known: TelemetryHour,
	arriving: readonly Sample[],
	hour: number,
): { merged: TelemetryHour; changed: boolean } {
	const merged = new Map(known);
	let changed = false;
	for (const sample of arriving) {
		if (hourOf(sample.t) !== hour)
			throw new RangeError("A sample of another hour.");
		const slot = slotOf(sample.t);
		const before = merged.get(slot);
		if (before && before.t <= sample.t) continue;
		merged.set(slot, roundSample(sample));
		changed = true;
	}
	return { merged, changed };
}

/** What remains of a sample once it is packed. */
export function roundSample(sample: Sample): Sample {
	const rounded: Sample = { ...sample };
	for (const { field, scale } of COLUMNS) {
		const value = sample[field];
		if (value !== null) rounded[field] = stepsOf(value, scale) / scale;
	}
	return rounded;
}

// Twice a difference must stay a whole number that is exact; an exbibyte of free disk is enough for anyone.
const stepsOf = (value: number, scale: number): number =>
	Math.min(Math.round(value * scale), MAX_STEPS) + 0; // + 0 makes −0 plain 0

export function packTelemetry(samples: TelemetryHour): Buffer {
	const slots = [...samples.keys()].sort((a, b) => a - b);
	const bitmap = Buffer.alloc(BITMAP_BYTES);
	const numbers = new NumberWriter(slots.length * (COLUMNS.length + 1));
	const ordered = slots.map((slot) => {
		bitmap[slot >> 3] = (bitmap[slot >> 3] ?? 0) | (1 << (slot & 7));
		return samples.get(slot) as Sample;
	});
	for (const { t } of ordered) numbers.write(t % SAMPLE_STEP_MS);
	for (const column of COLUMNS) writeColumn(numbers, ordered, column);
	const body = Buffer.concat([bitmap, numbers.bytes()]);
	return Buffer.concat([Buffer.from([VERSION]), deflateRawSync(body)]);
}

/** @throws RangeError when the bytes are not a packed hour */
export function unpackTelemetry(packed: Buffer, hour: number): TelemetryHour {
	if (packed[0] !== VERSION)
		throw new RangeError(`Telemetry of an unknown version (${packed[0]}).`);
	const body = inflateRawSync(packed.subarray(1), {
		maxOutputLength: MAX_UNPACKED_BYTES,
	});
	const slots = readBitmap(body.subarray(0, BITMAP_BYTES));
	const numbers = new NumberReader(body.subarray(BITMAP_BYTES));
	const samples = slots.map((slot) => ({
		t: hour + slot * SAMPLE_STEP_MS + numbers.read(),
	})) as Sample[];
	for (const column of COLUMNS) readColumn(numbers, samples, column);
	return new Map(slots.map((slot, index) => [slot, samples[index] as Sample]));
}

function writeColumn(
	numbers: NumberWriter,
	samples: readonly Sample[],
	{ field, scale }: Column,
): void {
	let previous = 0;
	for (const sample of samples) {
		const value = sample[field];
		const step = value === null ? NO_VALUE : stepsOf(value, scale);
		numbers.write(step - previous);
		previous = step;
	}
}

function readColumn(
	numbers: NumberReader,
	samples: Sample[],
	{ field, scale }: Column,
): void {
	let step = 0;
	for (const sample of samples) {
		step += numbers.read();
		if (field === "temperature")
			sample.temperature = step === NO_VALUE ? null : step / scale;
		else sample[field] = step / scale;
	}
}

function readBitmap(bitmap: Buffer): number[] {
	const slots: number[] = [];
	for (let slot = 0; slot < SLOTS_PER_HOUR; slot += 1)
		if ((bitmap[slot >> 3] ?? 0) & (1 << (slot & 7))) slots.push(slot);
	return slots;
}

/** Whole numbers of either sign, small ones in one byte (zigzag, then seven bits a byte, lowest first). */
class NumberWriter {
	readonly #bytes: Buffer;
	#length = 0;

	constructor(maxNumbers: number) {
		this.#bytes = Buffer.allocUnsafe(maxNumbers * MAX_NUMBER_BYTES);
	}

	write(value: number): void {
		// Not with bit operators: free disk space in MiB may need more than 32 bits.
		let rest = value < 0 ? -2 * value - 1 : 2 * value;
		while (rest >= 128) {
			this.#bytes[this.#length++] = (rest % 128) + 128;
			rest = Math.floor(rest / 128);
		}
		this.#bytes[this.#length++] = rest;
	}

	bytes(): Buffer {
		return this.#bytes.subarray(0, this.#length);
	}
}

class NumberReader {
	readonly #bytes: Buffer;
	#at = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	read(): number {
		let value = 0;
		let factor = 1;
		for (;;) {
			const byte = this.#bytes[this.#at];
			if (byte === undefined)
				throw new RangeError("Telemetry that ends early.");
			this.#at += 1;
			value += (byte & 127) * factor;
			if (byte < 128) break;
			factor *= 128;
		}
		return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
	}
}
