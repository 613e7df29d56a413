import { describe, expect, test } from "vitest";
import { prepareDuty } from "../../../server/predictor/duty/duty-context.ts";
import { seededRandom } from "../../../server/predictor/duty/seeded-random.ts";
import { aDutySeries } from "../../support/duty-factory.ts";

const random = seededRandom(5);
const duty = prepareDuty(
	aDutySeries({
		days: 2,
		load: () => (random() < 0.1 ? Number.NaN : random() * 100),
	}),
);

const slice = (from: number, to: number) =>
	[...duty.values.slice(from, to)].filter((value) => !Number.isNaN(value));

describe("a prepared duty", () => {
	test("answers mean, spread and maximum of any range as counting would", () => {
		for (let k = 0; k < 200; k++) {
			const from = Math.floor(random() * 500);
			const to = from + 1 + Math.floor(random() * 70);
			const values = slice(from, to);
			if (!values.length) continue;
			const mean = values.reduce((a, b) => a + b, 0) / values.length;
			expect(duty.meanOf(from, to)).toBeCloseTo(mean, 6);
			expect(duty.peakOf(from, to)).toBe(Math.max(...values));
			const variance =
				values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
			expect(duty.spreadOf(from, to)).toBeCloseTo(Math.sqrt(variance), 4);
		}
	});

	test("knows of any past window whether it stayed under a limit", () => {
		const view = duty.view(70);
		for (let from = 0; from < 500; from++) {
			const held = duty.heldIn(view, from, from + 4);
			if (Math.max(...slice(from, from + 4)) >= 70) expect(held).toBe(0);
			else if (slice(from, from + 4).length >= 3) expect(held).toBe(1);
			else expect(held).toBeNaN();
		}
	});

	test("says nothing of steps that are hidden", () => {
		const young = duty.hiddenBefore(100);
		expect(young.meanOf(0, 100)).toBeNaN();
		expect(young.heldIn(young.view(70), 90, 95)).toBeNaN();
		expect(young.meanOf(100, 110)).toBe(duty.meanOf(100, 110));
	});

	test("made of nothing knows nothing", () => {
		const empty = prepareDuty({ ...aDutySeries(), mean: new Float32Array(0) });
		expect(empty.meanOf(0, 10)).toBeNaN();
		expect(empty.stepAt(0)).toBe(0);
	});
});
