import { describe, expect, it } from "vitest";
import { describeFit } from "../../../server/work-units/view/describe-fit.ts";
import { describeWaitReasons } from "../../../server/work-units/view/wait-reasons.ts";

const fit = { neededSeconds: 7200, longestSeconds: 1500, confidence: 0.9 };

describe("what would fit", () => {
	it("is said with how long a task takes and how long one may be", () => {
		expect(describeFit(fit)).toEqual([
			"A task takes about 2 h. The longest that a device is 90 % sure to finish now takes 25 min. Smaller work units or a lower confidence would fit sooner; otherwise it waits for a longer idle time.",
		]);
	});

	it("is said also when nothing does", () => {
		expect(describeFit({ ...fit, longestSeconds: 0 })[0]).toContain(
			"No device is 90 % sure to stay idle for any time now.",
		);
	});

	it("is not said when tasks wait for something else, or when what is stored is broken", () => {
		for (const other of [undefined, null, 5, {}, { neededSeconds: "long" }])
			expect(describeFit(other)).toEqual([]);
	});

	it("comes after the reasons, which are counted by devices", () => {
		const sentences = describeWaitReasons({
			busy: 1,
			forecastTooShort: 3,
			fit,
		});
		expect(sentences).toHaveLength(3);
		expect(sentences[0]).toBe(
			"3 devices will probably be needed by the owner before a task is done.",
		);
		expect(sentences[2]).toContain("A task takes about 2 h.");
	});
});
