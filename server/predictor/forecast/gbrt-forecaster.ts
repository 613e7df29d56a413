import type { DutyContext } from "../duty/duty-context.ts";
import {
	LOAD_FEATURE_NAMES,
	movingAverage,
	writeLoadFeatures,
} from "../duty/load-features.ts";
import {
	SURVIVAL_FEATURE_NAMES,
	writeSurvivalFeatures,
} from "../duty/survival-features.ts";
import { probabilityOf } from "./calibration.ts";
import type { Forecaster } from "./forecaster.ts";
import { Forest } from "./forest.ts";
import { loadBaseOf } from "./load-base.ts";
import { deviceLogOdds } from "./logistic-forecaster.ts";
import type { Model } from "./model.ts";

/**
 * The pooled model as a forecaster: its trees, with as much of the device's own regression as did best on days that
 * neither had seen. One forecast takes some tens of microseconds.
 */
export class GbrtForecaster implements Forecaster {
	readonly name = "gbrt";
	readonly #forests: Forest[];
	readonly #calibration: Model["survival"]["calibration"];
	readonly #load: Forest;
	readonly #model: Pick<Model, "survival" | "load" | "logistic">;
	readonly #row = new Float64Array(SURVIVAL_FEATURE_NAMES.length);
	readonly #loadRow = new Float64Array(LOAD_FEATURE_NAMES.length);

	constructor(model: Pick<Model, "survival" | "load" | "logistic">) {
		this.#model = model;
		this.#forests = model.survival.forests.map((data) => new Forest(data));
		this.#calibration = model.survival.calibration;
		this.#load = new Forest(model.load.forest);
	}

	probabilityUnder(
		duty: DutyContext,
		at: number,
		limitPercent: number,
		windowSeconds: number,
	): number {
		writeSurvivalFeatures(
			this.#row,
			duty,
			duty.view(limitPercent),
			duty.stepAt(at),
			duty.stepsOf(windowSeconds),
		);
		let logOdds = 0;
		for (const forest of this.#forests) logOdds += forest.predict(this.#row);
		logOdds /= this.#forests.length;
		const own = this.#model.logistic[duty.series.name];
		const share = own ? this.#model.survival.logisticShare : 0;
		if (own && share > 0)
			logOdds = (1 - share) * logOdds + share * deviceLogOdds(own, this.#row);
		const { slope, offset } = this.#calibration;
		return probabilityOf(slope * logOdds + offset);
	}

	expectedLoad(duty: DutyContext, at: number, aheadSeconds: number): number {
		const now = duty.stepAt(at);
		const level = movingAverage(duty, now);
		writeLoadFeatures(
			this.#loadRow,
			duty,
			now,
			Math.round(aheadSeconds / duty.stepSeconds),
		);
		const load =
			(Number.isNaN(level) ? 0 : level) +
			loadBaseOf(this.#model.load.base, this.#loadRow) +
			this.#load.predict(this.#loadRow);
		return Math.max(0, Math.min(100, load));
	}
}
