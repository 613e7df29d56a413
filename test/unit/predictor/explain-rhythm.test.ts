import { describe, expect, test } from "vitest";
import { prepareDuty } from "../../../server/predictor/duty/duty-context.ts";
import { RhythmForecaster } from "../../../server/predictor/forecast/rhythm-forecaster.ts";
import { forecastCurve } from "../../../server/predictor/view/duty-curve.ts";
import {
	explainRhythm,
	findBusySpans,
} from "../../../server/predictor/view/explain-rhythm.ts";
import { findIdleWindows } from "../../../server/predictor/view/idle-windows.ts";
import { aDutySeries } from "../../support/duty-factory.ts";

const explain = (series = aDutySeries(), offset = 0) => {
	const duty = prepareDuty(series);
	return explainRhythm(findBusySpans(duty, duty.steps, 30, offset) ?? []);
};
const evenings = aDutySeries({
	load: (day, hour) => (day % 7 < 5 && hour >= 18 && hour < 22 ? 60 : 5),
});

describe("a rhythm in words", () => {
	test("names the hours of weekdays", () => {
		expect(explain(evenings)).toBe("Busy on weekdays from 18 to 22 h.");
	});

	test("names hours of every day, on the owner's clock", () => {
		expect(explain(aDutySeries())).toBe("Busy every day from 9 to 17 h.");
		expect(explain(aDutySeries(), 480)).toBe("Busy every day from 17 to 1 h.");
	});

	test("knows devices that are always or never busy", () => {
		expect(explain(aDutySeries({ load: () => 80 }))).toBe(
			"Busy every day all day.",
		);
		expect(explain(aDutySeries({ load: () => 3 }))).toMatch(/^Quiet/);
	});

	test("is not made up from a few hours", () => {
		const duty = prepareDuty(aDutySeries({ days: 0.5 }));
		expect(findBusySpans(duty, duty.steps, 30)).toBeUndefined();
	});
});

describe("the coming day", () => {
	const duty = prepareDuty(evenings);
	const end = duty.timeOf(duty.steps);

	test("has idle windows outside the busy hours", () => {
		const windows = findIdleWindows(duty, 30);
		expect(windows.length).toBeGreaterThan(0);
		for (const { from, to, probability } of windows) {
			const hours = [(from - end) / 3_600, (to - end) / 3_600] as const;
			expect(hours[1] <= 18 || hours[0] >= 22).toBe(true);
			expect(probability).toBeGreaterThan(0.7);
		}
	});

	test("has a curve that follows the rhythm, within its band", () => {
		const curve = forecastCurve(new RhythmForecaster(), duty, end);
		expect(curve).toHaveLength(96);
		for (const { t, expected, low, high } of curve) {
			const hour = (t - end) / 3_600;
			if (hour > 19 && hour < 21) expect(expected).toBeGreaterThan(50);
			if (hour < 17) expect(expected).toBeLessThan(10);
			expect(low).toBeLessThanOrEqual(expected);
			expect(high).toBeGreaterThanOrEqual(expected);
		}
	});
});
