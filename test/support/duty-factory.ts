import type { DutySeries } from "../../server/telemetry/duty-series.ts";

/** A Monday. */
export const DUTY_START = Date.UTC(2026, 0, 5) / 1000;
const DAY_STEPS = 288;

/** A device at 5 % that is at 60 % on every day between two hours, in 5-minute steps; or what `load` says instead. */
export function aDutySeries({
	name = "desk",
	days = 14,
	busyFrom = 9,
	busyTo = 17,
	load = (_day: number, hour: number): number =>
		hour >= busyFrom && hour < busyTo ? 60 : 5,
	kind,
}: Partial<{
	name: string;
	days: number;
	busyFrom: number;
	busyTo: number;
	load: (day: number, hour: number, step: number) => number;
	kind: DutySeries["kind"];
}> = {}): DutySeries {
	return {
		name,
		start: DUTY_START,
		stepSeconds: 300,
		mean: Float32Array.from({ length: days * DAY_STEPS }, (_, step) =>
			load(Math.floor(step / DAY_STEPS), (step % DAY_STEPS) / 12, step),
		),
		...(kind && { kind }),
	};
}
