import { describe, expect, test } from "vitest";
import {
	generateDuty,
	generateSeries,
} from "../../../server/predictor/duty/duty-generator.ts";
import {
	GENERATED_DEVICES,
	type GeneratedKind,
} from "../../../server/predictor/duty/generated-kinds.ts";
import { DUTY_START } from "../../support/duty-factory.ts";

const kinds = Object.keys(GENERATED_DEVICES) as GeneratedKind[];
const at = (hour: number) => (DUTY_START + hour * 3_600) * 1_000;

describe("generated duty", () => {
	test.each(kinds)("of a %s can be asked in any order", (kind) => {
		const hours = [5, 100.3, 5, 0.001, 333, 100.3];
		const duty = generateDuty(kind, 4);
		for (const hour of hours)
			expect(duty.loadAt(at(hour))).toBe(
				generateDuty(kind, 4).loadAt(at(hour)),
			);
	});

	test.each(kinds)(
		"of a %s is a load and is idle for a good part of the week",
		(kind) => {
			const { mean } = generateSeries(kind, 2, {
				start: DUTY_START,
				days: 7,
				stepSeconds: 300,
			});
			expect(mean.every((load) => load >= 0 && load <= 100)).toBe(true);
			const busy = mean.filter((load) => load >= 30).length / mean.length;
			expect(busy).toBeGreaterThan(0.005);
			expect(busy).toBeLessThan(0.6);
		},
	);

	test("differs from seed to seed", () => {
		const load = (seed: number) => generateDuty("kiosk", seed).loadAt(at(12));
		expect(load(1)).not.toBe(load(2));
	});
});
