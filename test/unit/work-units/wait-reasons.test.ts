import { describe, expect, it } from "vitest";
import {
	describeWaitReasons,
	mergeWaitReasons,
} from "../../../server/work-units/view/wait-reasons.ts";

const fitOf = (longestSeconds: number) => ({
	neededSeconds: 900,
	longestSeconds,
	confidence: 0.9,
});

describe("what several processes say of a batch", () => {
	it("adds up their devices, and says the longest that would fit", () => {
		expect(
			mergeWaitReasons([
				{ busy: 2, platform: 1, fit: fitOf(60) },
				{ busy: 3, fit: fitOf(300) },
				{ fit: fitOf(120) },
			]),
		).toEqual({ busy: 5, platform: 1, fit: fitOf(300) });
	});

	it("is that no device offers its time only when none of them knows one", () => {
		expect(mergeWaitReasons([{ noDeviceOffers: 1 }, { busy: 1 }])).toEqual({
			busy: 1,
		});
		expect(
			describeWaitReasons(
				mergeWaitReasons([{ noDeviceOffers: 1 }, { noDeviceOffers: 1 }]),
			),
		).toEqual([
			"No device has time to spare at the moment: all are busy or away.",
		]);
		expect(describeWaitReasons(mergeWaitReasons([]))).toEqual([]);
	});
});
