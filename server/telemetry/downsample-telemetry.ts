import { z } from "zod";
import { SAMPLE_STEP_MS, type Sample } from "../../agent/core/protocol.ts";

const meanAndMax = z.object({ mean: z.number(), max: z.number() });

/** What became of all samples of one stretch of time. Percents are of the whole machine. */
export const telemetryPointSchema = z.object({
	t: z.number().int().describe("Unix milliseconds: where the stretch begins"),
	samples: z.number().int(),
	dutyCpu: meanAndMax,
	oursCpu: meanAndMax,
	dutyMemory: meanAndMax,
	oursMemory: meanAndMax,
	load: meanAndMax,
	temperature: z.number().nullable().describe("The highest, degrees Celsius"),
	diskFreeMiB: z.number().describe("The lowest"),
});
export type TelemetryPoint = z.infer<typeof telemetryPointSchema>;

const AVERAGED = [
	"dutyCpu",
	"oursCpu",
	"dutyMemory",
	"oursMemory",
	"load",
] as const;

/** Milliseconds that one point stands for: whole sampling steps, so that points have equally many samples. */
export const stretchOf = (spanMs: number, maxPoints: number): number =>
	Math.max(1, Math.ceil(spanMs / maxPoints / SAMPLE_STEP_MS)) * SAMPLE_STEP_MS;

/** Adds samples, in any order, to points of `stretchMs` each; stretches without a sample have no point. */
export class TelemetryDownsampler {
	readonly #stretchMs: number;
	readonly #points = new Map<number, TelemetryPoint>();

	constructor(stretchMs: number) {
		this.#stretchMs = stretchMs;
	}

	add(sample: Sample): void {
		const t = sample.t - (sample.t % this.#stretchMs);
		const point = this.#points.get(t);
		if (point) addToPoint(point, sample);
		else this.#points.set(t, firstOf(t, sample));
	}

	/** In order of time. */
	points(): TelemetryPoint[] {
		return [...this.#points.values()].sort((a, b) => a.t - b.t);
	}
}

function firstOf(t: number, sample: Sample): TelemetryPoint {
	const alone = (value: number) => ({ mean: value, max: value });
	return {
		t,
		samples: 1,
		dutyCpu: alone(sample.dutyCpu),
		oursCpu: alone(sample.oursCpu),
		dutyMemory: alone(sample.dutyMemory),
		oursMemory: alone(sample.oursMemory),
		load: alone(sample.load),
		temperature: sample.temperature,
		diskFreeMiB: sample.diskFreeMiB,
	};
}

function addToPoint(point: TelemetryPoint, sample: Sample): void {
	point.samples += 1;
	for (const field of AVERAGED) {
		const { mean, max } = point[field];
		point[field] = {
			mean: mean + (sample[field] - mean) / point.samples,
			max: Math.max(max, sample[field]),
		};
	}
	point.diskFreeMiB = Math.min(point.diskFreeMiB, sample.diskFreeMiB);
	if (sample.temperature !== null)
		point.temperature = Math.max(
			point.temperature ?? sample.temperature,
			sample.temperature,
		);
}
