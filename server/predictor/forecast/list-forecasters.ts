import type { Forecaster } from "./forecaster.ts";
import { GbrtForecaster } from "./gbrt-forecaster.ts";
import { LogisticForecaster } from "./logistic-forecaster.ts";
import type { Model } from "./model.ts";
import { RhythmForecaster } from "./rhythm-forecaster.ts";
import { persistence, seasonal, yesterday } from "./simple-forecasters.ts";

/** Who may forecast a device: the model's own forecaster first, then those that it must beat there. */
export const forecastersOf = (model: Model): Forecaster[] => [
	new GbrtForecaster(model),
	new LogisticForecaster(model.logistic),
	new RhythmForecaster(),
	seasonal,
	yesterday,
	persistence,
];
