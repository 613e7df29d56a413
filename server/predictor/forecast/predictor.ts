import type { DutyContext } from "../duty/duty-context.ts";
import { chooseForecaster } from "./choose-forecaster.ts";
import { coldStartForecast } from "./cold-start-forecast.ts";
import {
	forecastSurvival,
	type SurvivalForecast,
} from "./forecast-survival.ts";
import type { Forecaster } from "./forecaster.ts";

/** The choice of a device's forecaster holds for so long. */
const CHOICE_SECONDS = 6 * 3600;

interface Choice {
	chosen: Forecaster;
	from: number;
}

/** Makes forecasts with the newest model, or with whoever does better on a device's own last days. */
export class Predictor {
	#modelId: string | undefined;
	#forecasters: readonly Forecaster[] = [];
	readonly #choices = new Map<string, Choice>();

	get modelId(): string | undefined {
		return this.#modelId;
	}

	/** From now on forecasts are made with these: the model's own first, then those that may do better. */
	use(modelId: string, forecasters: readonly Forecaster[]): void {
		this.#modelId = modelId;
		this.#forecasters = forecasters;
		this.#choices.clear();
	}

	/**
	 * @param at Unix seconds; what is later in the duty is not looked at
	 * @param mayChoose whether there is time to choose among the forecasters now, which takes some 50 ms of processor time;
	 * without it the last choice holds, or the model's own forecaster does
	 */
	forecast(
		duty: DutyContext,
		at: number,
		limitPercent: number,
		mayChoose = true,
	): SurvivalForecast {
		const chosen = mayChoose
			? this.choiceFor(duty, at, limitPercent)
			: (this.#choices.get(keyOf(duty, limitPercent))?.chosen ??
				this.#forecasters[0]);
		return chosen
			? forecastSurvival(chosen, duty, at, limitPercent)
			: coldStartForecast(duty, at, limitPercent);
	}

	/** Who forecasts for this device; undefined until there is a model. */
	choiceFor(
		duty: DutyContext,
		at: number,
		limitPercent: number,
	): Forecaster | undefined {
		if (!this.#forecasters.length) return undefined;
		const key = keyOf(duty, limitPercent);
		const known = this.#choices.get(key);
		if (known && isGood(known, at)) return known.chosen;
		const { forecaster: chosen } = chooseForecaster(
			this.#forecasters,
			duty,
			at,
			limitPercent,
		);
		this.#choices.set(key, { chosen, from: at });
		return chosen;
	}

	/** Whether a choice for this device is due. */
	mustChoose(duty: DutyContext, at: number, limitPercent: number): boolean {
		const known = this.#choices.get(keyOf(duty, limitPercent));
		return this.#forecasters.length > 0 && !(known && isGood(known, at));
	}

	/** Forgets the choices for devices that are not here any more, by the names of their duty. */
	keepOnly(isHere: (name: string) => boolean): void {
		for (const key of this.#choices.keys())
			if (!isHere(key.slice(0, key.lastIndexOf(" "))))
				this.#choices.delete(key);
	}
}

const keyOf = (duty: DutyContext, limitPercent: number): string =>
	`${duty.series.name} ${limitPercent}`;

const isGood = ({ from }: Choice, at: number): boolean =>
	at >= from && at < from + CHOICE_SECONDS;
