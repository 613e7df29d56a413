import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sample } from "../../../agent/core/protocol.ts";
import {
	HOUR_MS,
	mergeSamples,
	packTelemetry,
	roundSample,
	SLOTS_PER_HOUR,
	slotOf,
	unpackTelemetry,
} from "../../../server/telemetry/telemetry-codec.ts";

const hour = 490_000 * HOUR_MS;
const percent = fc.double({ min: 0, max: 100, noNaN: true });

const samples: fc.Arbitrary<Sample[]> = fc.array(
	fc.record({
		t: fc.integer({ min: hour, max: hour + HOUR_MS - 1 }),
		dutyCpu: percent,
		oursCpu: percent,
		dutyMemory: percent,
		oursMemory: percent,
		diskFreeMiB: fc.integer({ min: 0, max: 2 ** 40 }),
		temperature: fc.option(fc.double({ min: -100, max: 200, noNaN: true })),
		load: fc.double({ min: 0, max: 100_000, noNaN: true }),
	}),
	{ maxLength: 60 },
);
const merge = (...parts: readonly Sample[][]) =>
	parts.reduce<ReadonlyMap<number, Sample>>(
		(known, part) => mergeSamples(known, part, hour).merged,
		new Map(),
	);
const sorted = (map: ReadonlyMap<number, Sample>) =>
	[...map].sort(([a], [b]) => a - b);

describe("packed telemetry", () => {
	test("comes out as it went in, to its fixed points", () => {
		fc.assert(
			fc.property(samples, (some) => {
				const hourOfSamples = merge(some);
				const unpacked = unpackTelemetry(packTelemetry(hourOfSamples), hour);
				expect(sorted(unpacked)).toEqual(sorted(hourOfSamples));
			}),
		);
	});

	test("is the same bytes again when it is packed again", () => {
		fc.assert(
			fc.property(samples, (some) => {
				const packed = packTelemetry(merge(some));
				expect(packTelemetry(unpackTelemetry(packed, hour))).toEqual(packed);
			}),
		);
	});

	test("keeps percents to a tenth, load to a hundredth and times to the millisecond", () => {
		fc.assert(
			fc.property(samples, (some) => {
				for (const sample of some) {
					const kept = roundSample(sample);
					expect(kept.t).toBe(sample.t);
					expect(Math.abs(kept.dutyCpu - sample.dutyCpu)).toBeLessThan(0.0501);
					expect(Math.abs(kept.load - sample.load)).toBeLessThan(0.00501);
				}
			}),
		);
	});

	test("of a lively hour takes ten kilobytes at the most", () => {
		const lively = Array.from({ length: SLOTS_PER_HOUR }, (_, slot) => ({
			t: hour + slot * 2000 + ((slot * 7919) % 40),
			dutyCpu: (slot * 37.7) % 60,
			oursCpu: 40 + ((slot * 13.3) % 20),
			dutyMemory: 41 + Math.sin(slot / 90),
			oursMemory: 12 + ((slot * 0.7) % 3),
			diskFreeMiB: 90_000 - Math.floor(slot / 7),
			temperature: 52 + 4 * Math.sin(slot / 200),
			load: 1 + Math.abs(Math.sin(slot / 30)),
		}));
		expect(packTelemetry(merge(lively)).length).toBeLessThan(10 * 1024);
	});

	test("that is cut off, of another version or no telemetry at all is refused", () => {
		const sample = {
			t: hour,
			dutyCpu: 1,
			oursCpu: 1,
			dutyMemory: 1,
			oursMemory: 1,
			diskFreeMiB: 1,
			temperature: null,
			load: 1,
		};
		const packed = packTelemetry(merge([sample]));
		expect(() => unpackTelemetry(packed.subarray(0, 9), hour)).toThrow();
		expect(() =>
			unpackTelemetry(Buffer.from([9, ...packed.subarray(1)]), hour),
		).toThrow(RangeError);
		expect(() => unpackTelemetry(Buffer.from("hello"), hour)).toThrow();
		const bomb = Buffer.concat([
			Buffer.from([1]),
			deflateRawSync(Buffer.alloc(50_000_000)),
		]);
		expect(() => unpackTelemetry(bomb, hour)).toThrow();
	});
});

describe("merging", () => {
	test("the same samples again changes nothing", () => {
		fc.assert(
			fc.property(samples, (some) => {
				const once = merge(some);
				const again = mergeSamples(once, some, hour);
				expect(again.changed).toBe(false);
				expect(sorted(again.merged)).toEqual(sorted(once));
			}),
		);
	});

	test("in any order and in any parts comes to the same hour", () => {
		const distinct = samples.map((some) => [
			...new Map(some.map((sample) => [sample.t, sample])).values(),
		]);
		fc.assert(
			fc.property(distinct, fc.nat(), (some, seed) => {
				const cut = some.length === 0 ? 0 : seed % some.length;
				const [early, late] = [some.slice(0, cut), some.slice(cut)];
				expect(sorted(merge([...late].reverse(), early, late))).toEqual(
					sorted(merge(some)),
				);
			}),
		);
	});

	test("keeps one sample a slot, the earlier one", () => {
		fc.assert(
			fc.property(samples, (some) => {
				for (const [slot, { t }] of merge(some))
					expect(t).toBe(
						Math.min(
							...some
								.filter((sample) => slotOf(sample.t) === slot)
								.map((sample) => sample.t),
						),
					);
			}),
		);
	});

	test("a sample of another hour is a mistake of the caller", () => {
		const [sample] =
			fc.sample(
				samples.filter((some) => some.length > 0),
				1,
			)[0] ?? [];
		if (!sample) throw new Error("The arbitrary makes at least one sample.");
		expect(() =>
			mergeSamples(new Map(), [{ ...sample, t: hour + HOUR_MS }], hour),
		).toThrow(RangeError);
	});
});
