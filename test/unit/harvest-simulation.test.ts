import { describe, expect, it } from "vitest";
import {
	type Policy,
	simulateHarvest,
} from "../../bench/simulation/simulate-harvest.ts";
import {
	harvestOfOracle,
	SimulatedDevice,
} from "../../bench/simulation/simulated-fleet.ts";
import type { DutySeries } from "../../server/telemetry/duty-series.ts";

const MINUTE = 60;
const rules = { limitPercent: 30, maxFrozenSeconds: 300 };
/** A device by minutes. */
const aSeries = (name: string, percents: readonly number[]): DutySeries => ({
	name,
	start: 0,
	stepSeconds: MINUTE,
	mean: Float32Array.from(percents),
});
const minutes = (count: number, percent: number) =>
	new Array<number>(count).fill(percent);

describe("the simulated guard", () => {
	const live = (percents: readonly number[], checkpoints = true) => {
		const series = aSeries("a", percents);
		const device = new SimulatedDevice(series, rules, checkpoints);
		device.start(60 * MINUTE);
		const backs = percents.flatMap((_, i) => device.tick(i * MINUTE) ?? []);
		return { device, backs };
	};

	it("waits out a burst that is shorter than the patience", () => {
		const { device, backs } = live([
			...minutes(30, 5),
			...minutes(5, 90),
			...minutes(31, 5),
		]);
		expect(backs).toEqual([]);
		expect(device.isFree).toBe(true);
		expect(device.harvest).toMatchObject({
			usefulSeconds: 60 * MINUTE,
			wastedSeconds: 0,
			disturbedSeconds: 5 * MINUTE,
		});
	});

	it("gives back what stands for longer, with what is left to do", () => {
		const { device, backs } = live([...minutes(30, 5), ...minutes(6, 90)]);
		expect(backs).toEqual([{ workSeconds: 30 * MINUTE + 15 }]);
		expect(device.harvest).toMatchObject({
			givenBack: 1,
			wastedSeconds: 10,
			usefulSeconds: 30 * MINUTE - 15,
		});
	});

	it("loses all of it without checkpoints", () => {
		const { device, backs } = live(
			[...minutes(30, 5), ...minutes(6, 90)],
			false,
		);
		expect(backs).toEqual([{ workSeconds: 60 * MINUTE }]);
		expect(device.harvest).toMatchObject({
			usefulSeconds: 0,
			wastedSeconds: 30 * MINUTE - 5,
		});
	});
});

describe("the simulation", () => {
	const day = [...minutes(300, 5), ...minutes(60, 90), ...minutes(300, 5)];
	const fleet = [aSeries("a", day), aSeries("b", [...day].reverse())];
	const options = {
		rules,
		confidence: 0.9,
		taskSeconds: [15 * MINUTE, 60 * MINUTE],
		from: 0,
		to: day.length * MINUTE,
		seed: 1,
	};
	const reactive: Policy = {
		placement: "spread",
		cutting: false,
		checkpoints: false,
		looksFirst: true,
	};
	/** Knows the device's future. */
	const knowing: Policy = {
		...reactive,
		placement: "predictive",
		cutting: true,
		forecast: (device, step) => {
			const { mean } = device.series;
			let next = step;
			while (next < mean.length && (mean[next] ?? 0) < 30) next++;
			const idle = Math.max(1, (next - step) * MINUTE);
			return {
				at: step * MINUTE,
				limitPercent: 30,
				forecaster: "gbrt",
				windowSeconds: [idle, idle + 1],
				probability: [0.999, 0.001],
			};
		},
	};

	it("is the same each time, and never harvests more than the oracle", () => {
		const once = simulateHarvest(fleet, reactive, options);
		expect(simulateHarvest(fleet, reactive, options)).toEqual(once);
		const best = fleet.reduce(
			(sum, series) =>
				sum +
				harvestOfOracle(series, rules, options.from, options.to).usefulSeconds,
			0,
		);
		expect(once.usefulSeconds).toBeLessThan(best);
		expect(
			simulateHarvest(fleet, knowing, options).usefulSeconds,
		).toBeLessThanOrEqual(best);
	});

	it("gives nothing back when the forecasts are right, and uses most of the idle time", () => {
		const harvest = simulateHarvest(fleet, knowing, options);
		expect(harvest.givenBack).toBe(0);
		expect(harvest.usefulSeconds).toBeGreaterThan(0.9 * 2 * 600 * MINUTE);
	});

	it("gives back whatever was running when nobody forecasts", () => {
		expect(simulateHarvest(fleet, reactive, options).givenBack).toBe(2);
	});
});
