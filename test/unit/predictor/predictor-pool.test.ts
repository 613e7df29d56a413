import { afterAll, describe, expect, test } from "vitest";
import { generateSeries } from "../../../server/predictor/duty/duty-generator.ts";
import { PredictorPool } from "../../../server/predictor/learn/predictor-pool.ts";
import { trainModel } from "../../../server/predictor/learn/train-model.ts";
import { DUTY_START } from "../../support/duty-factory.ts";

const pool = new PredictorPool();
const span = { start: DUTY_START, days: 4, stepSeconds: 300 };
const series = [generateSeries("board", 1, span)];
const options = { trainedAt: "2026-01-15T00:00:00.000Z", rows: 1_000 };
afterAll(() => pool.close());

describe("training in a thread", () => {
	test("gives the model that training here gives", async () => {
		expect(await pool.train(series, options)).toEqual(
			trainModel(series, options),
		);
	});

	test("ends when it is told to", async () => {
		const stop = new AbortController();
		const training = pool.train(series, { ...options, signal: stop.signal });
		stop.abort(new Error("shutting down"));
		await expect(training).rejects.toThrow("shutting down");
	});

	test("does not begin when it was told to before", async () => {
		const signal = AbortSignal.abort(new Error("too late"));
		await expect(pool.train(series, { ...options, signal })).rejects.toThrow(
			"too late",
		);
	});

	test("says what went wrong", async () => {
		const broken = [{ ...series[0], mean: undefined }] as never;
		await expect(pool.train(broken, options)).rejects.toThrow();
	});
});
