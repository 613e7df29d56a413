import { describe, expect, test } from "vitest";
import { prepareDuty } from "../../../server/predictor/duty/duty-context.ts";
import { chooseForecaster } from "../../../server/predictor/forecast/choose-forecaster.ts";
import type {
	Forecaster,
	ForecasterName,
} from "../../../server/predictor/forecast/forecaster.ts";
import { seasonal } from "../../../server/predictor/forecast/simple-forecasters.ts";
import { aDutySeries } from "../../support/duty-factory.ts";

const saying = (name: ForecasterName, probability: number): Forecaster => ({
	name,
	probabilityUnder: () => probability,
	expectedLoad: () => 0,
});
const duty = prepareDuty(aDutySeries());
const end = duty.timeOf(duty.steps);

describe("the forecaster of a device", () => {
	test("is the pooled model while it does well", () => {
		const { forecaster } = chooseForecaster(
			[seasonal, saying("persistence", 0.5)],
			duty,
			end,
			30,
		);
		expect(forecaster).toBe(seasonal);
	});

	test("is a simple one where the pooled model was clearly worse", () => {
		const choice = chooseForecaster(
			[saying("gbrt", 0.1), saying("persistence", 0.5), seasonal],
			duty,
			end,
			30,
		);
		expect(choice.forecaster).toBe(seasonal);
		expect(choice.briers).toHaveLength(3);
	});

	test("stays when the other is better by a hair only", () => {
		const first = saying("gbrt", 0.62);
		const other = saying("persistence", 0.63);
		expect(chooseForecaster([first, other], duty, end, 30).forecaster).toBe(
			first,
		);
	});

	test("stays when too little is known", () => {
		const young = prepareDuty(aDutySeries({ days: 1 }));
		const first = saying("gbrt", 0);
		const { forecaster, briers } = chooseForecaster(
			[first, seasonal],
			young,
			young.timeOf(young.steps),
			30,
		);
		expect(forecaster).toBe(first);
		expect(briers).toEqual([]);
	});
});
