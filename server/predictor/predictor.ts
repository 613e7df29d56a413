import type { DutyContext } from "./duty-context.ts";
import { firstGuess } from "./first-guess.ts";
import {
	forecastSurvival,
	type SurvivalForecast,
} from "./forecast-survival.ts";
import type { Forecaster } from "./forecaster.ts";

/** What forecasts are made with: who forecasts for a device is chosen from what there is. */
export interface ForecastMaker {
	modelId: string;
	/** The forecaster that did best on this device's own last days. */
	choose(duty: DutyContext, limitPercent: number): Forecaster;
}

/** The choice of a device's forecaster holds for so long. */
const CHOICE_SECONDS = 6 * 3600;

/** Makes forecasts in this process, with the newest model it was given. */
export class Predictor {
	#maker: ForecastMaker | undefined;
	readonly #choices = new Map<string, { until: number; chosen: Forecaster }>();

	get modelId(): string | undefined {
		return this.#maker?.modelId;
	}

	/** From now on forecasts are made with this model. */
	use(maker: ForecastMaker): void {
		this.#maker = maker;
		this.#choices.clear();
	}

	/** @param at Unix seconds; what is later in the duty is not looked at */
	forecast(
		duty: DutyContext,
		at: number,
		limitPercent: number,
	): { forecast: SurvivalForecast; modelId: string | null } {
		const chosen = this.choiceFor(duty, at, limitPercent);
		if (!chosen)
			return { forecast: firstGuess(duty, at, limitPercent), modelId: null };
		return {
			forecast: forecastSurvival(chosen, duty, at, limitPercent),
			modelId: this.#maker?.modelId ?? null,
		};
	}

	/** Who forecasts for this device; undefined until there is a model. */
	choiceFor(
		duty: DutyContext,
		at: number,
		limitPercent: number,
	): Forecaster | undefined {
		if (!this.#maker) return undefined;
		const key = `${duty.series.name} ${limitPercent}`;
		const known = this.#choices.get(key);
		if (known && known.until > at) return known.chosen;
		const chosen = this.#maker.choose(duty, limitPercent);
		this.#choices.set(key, { until: at + CHOICE_SECONDS, chosen });
		return chosen;
	}
}
