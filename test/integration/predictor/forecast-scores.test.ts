import { describe, expect, it } from "vitest";
import {
	listAccounts,
	noteForecasts,
} from "../../../server/predictor/score/forecast-score-store.ts";
import { brierOf } from "../../../server/predictor/score/score-forecast.ts";
import { scoreForecasts } from "../../../server/predictor/score/score-forecasts-loop.ts";
import { viewPredictor } from "../../../server/predictor/view/predictor-view.ts";
import {
	importDuty,
	readDuty,
} from "../../../server/telemetry/duty-day-store.ts";
import { storeTelemetry } from "../../../server/telemetry/telemetry-store.ts";
import { aDevice } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
const MADE = new Date("2026-03-02T10:00:00Z");
const HOUR_MS = 3_600_000;

const aSample = (t: number, dutyCpu: number) => ({
	t,
	dutyCpu,
	oursCpu: 40,
	dutyMemory: 10,
	oursMemory: 10,
	diskFreeMiB: 1000,
	temperature: null,
	load: 0.1,
});
const aPlacement = (deviceId: string, medianSeconds: number) => ({
	taskId: "t",
	batchId: "b",
	deviceId,
	needs: { cores: 1, memoryMiB: 1, diskMiB: 1 },
	runTime: { medianSeconds, spread: 0.1 },
	probability: 0.9,
	maxFrozenSeconds: 20,
	forecast: {
		at: MADE.getTime() / 1000,
		limitPercent: 30,
		forecaster: "gbrt" as const,
		windowSeconds: [600, 1200],
		probability: [0.8, 0.6],
	},
});

describe("a device's duty", () => {
	it("is kept by days as telemetry arrives, however often and in whatever order, across midnight", async () => {
		const { db } = database;
		const { id } = await aDevice(db);
		const midnight = Date.parse("2026-03-02T00:00:00Z");
		const samples = Array.from({ length: 600 }, (_, i) =>
			aSample(midnight - 600_000 + i * 2000, i < 300 ? 20 : 60),
		);
		const now = new Date(midnight + HOUR_MS);
		for (const part of [samples.slice(300), samples, samples.slice(0, 300)])
			await storeTelemetry(db, id, { samples: part }, now);
		const duty = await readDuty(
			db,
			[{ id, kind: "camera" }],
			new Date(midnight - HOUR_MS),
			now,
		);
		const series = duty.get(id);
		expect(series?.kind).toBe("camera");
		const step = (t: number) =>
			series?.mean[Math.floor((t / 1000 - series.start) / 300)];
		expect(step(midnight - 600_000)).toBeCloseTo(20, 1);
		expect(step(midnight - 1)).toBeCloseTo(20, 1);
		expect(step(midnight)).toBeCloseTo(60, 1);
		expect(step(midnight + 599_000)).toBeCloseTo(60, 1);
		expect(step(midnight + 600_000)).toBeNaN();
	});

	it("that is imported fills the days that are not there, and no others", async () => {
		const { db } = database;
		const { id } = await aDevice(db);
		const start = Date.parse("2026-03-01T00:00:00Z") / 1000;
		const two = { start, mean: new Float32Array(576).fill(10) };
		await importDuty(db, id, two, MADE);
		await importDuty(db, id, { start, mean: two.mean.map(() => 90) }, MADE);
		const duty = await readDuty(
			db,
			[{ id, kind: undefined }],
			new Date(start * 1000),
			new Date((start + 2 * 86_400 - 1) * 1000),
		);
		const mean = duty.get(id)?.mean ?? new Float32Array();
		expect(mean).toHaveLength(576);
		expect([...mean].every((percent) => percent === 10)).toBe(true);
	});
});

describe("a forecast that led to a placement", () => {
	it("is scored once, when its window is over and its duty is there", async () => {
		const { db } = database;
		const [idle, busy, away] = [
			await aDevice(db),
			await aDevice(db),
			await aDevice(db),
		];
		const day = Date.parse("2026-03-02T00:00:00Z") / 1000;
		const flat = new Float32Array(288).fill(10);
		await importDuty(db, idle.id, { start: day, mean: flat }, MADE);
		const came = flat.slice();
		came[121] = 80;
		await importDuty(db, busy.id, { start: day, mean: came }, MADE);
		await noteForecasts(
			db,
			[
				aPlacement(idle.id, 500),
				// The same forecast for the same window is one forecast, whatever was placed by it.
				aPlacement(idle.id, 550),
				aPlacement(busy.id, 500),
				aPlacement(away.id, 500),
			],
			MADE,
		);
		await scoreForecasts(db, new Date(MADE.getTime() + 15 * 60_000));
		expect(await db.forecastScore.count({ where: { scoredAt: null } })).toBe(3);

		const later = new Date(MADE.getTime() + 30 * 60_000);
		await scoreForecasts(db, later);
		await scoreForecasts(db, later);
		const outcome = async (deviceId: string) =>
			(await db.forecastScore.findMany({ where: { deviceId } })).map(
				({ held, windowSeconds }) => [windowSeconds, held],
			);
		expect(await outcome(idle.id)).toEqual([[600, true]]);
		expect(await outcome(busy.id)).toEqual([[600, false]]);
		expect(await outcome(away.id)).toEqual([[600, null]]);

		const [fleet] = await listAccounts(db, new Date("2026-03-01"));
		expect(fleet?.account).toMatchObject({ forecasts: 2, held: 1 });
		expect(fleet && brierOf(fleet.account)).toBeCloseTo((0.04 + 0.64) / 2, 6);
		const own = await listAccounts(db, new Date("2026-03-01"), busy.id);
		expect(own[0]?.account.brierSum).toBeCloseTo(0.64, 6);

		const view = await viewPredictor(db, later, 30);
		expect(view.accuracy).toMatchObject({
			forecasts: 2,
			held: 0.5,
			reliability: [{ said: expect.closeTo(0.8, 6), held: 0.5, forecasts: 2 }],
		});
		expect(view.model).toBeNull();
	});
});
