import { describe, expect, it } from "vitest";
import { generateSeries } from "../../../server/predictor/duty/duty-generator.ts";
import { findNewestModel } from "../../../server/predictor/forecast/model-store.ts";
import { Predictor } from "../../../server/predictor/forecast/predictor.ts";
import { createUseNewestModelLoop } from "../../../server/predictor/forecast/use-newest-model-loop.ts";
import { createTrainPredictorLoop } from "../../../server/predictor/learn/train-predictor-loop.ts";
import { importDuty } from "../../../server/telemetry/duty-day-store.ts";
import { aDevice } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";
import { testServices } from "../../support/test-services.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const services = testServices(database, { TRAINING_CPU_PERCENT: "100" });

describe("training the predictor", () => {
	it("is done in the background when there is no model, once in the network, and every process uses it", async () => {
		const { db } = database;
		const device = await aDevice(db, { kind: "camera" });
		const start = Math.floor(Date.now() / 86_400_000) * 86_400 - 10 * 86_400;
		await importDuty(
			db,
			device.id,
			generateSeries("camera", 3, { start, days: 10, stepSeconds: 300 }),
			new Date(),
		);
		const predictors = [new Predictor(), new Predictor()];
		const loops = predictors.flatMap((predictor) => [
			createTrainPredictorLoop(services()),
			createUseNewestModelLoop(services(), predictor),
		]);
		for (const loop of loops) loop.start();
		try {
			const stored = await until(
				"a model is stored",
				() => findNewestModel(db),
				120_000,
			);
			expect(stored?.model.devices).toBeGreaterThan(20);
			await until(
				"both use it",
				async () => predictors.every(({ modelId }) => modelId === stored?.id),
				30_000,
			);
			expect(await db.predictorModel.count()).toBe(1);
			const row = await db.predictorModel.findFirstOrThrow();
			expect(row).toMatchObject({ reason: "first", version: 1 });
			expect(row.seconds).toBeGreaterThan(0);
		} finally {
			for (const loop of loops) await loop.stop();
		}
	}, 180_000);

	it("is given up at once when the server stops", async () => {
		const { db } = database;
		await db.predictorModel.deleteMany();
		const loop = createTrainPredictorLoop(services());
		loop.start();
		loop.poke();
		await loop.stop();
		expect(await db.predictorModel.count()).toBe(0);
	});
});
