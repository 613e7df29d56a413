import { Gauge, type Registry } from "prom-client";
import type { Services } from "../../services.ts";
import { getPredictorView } from "./cached-predictor-view.ts";

/** How right the forecasts are, for Prometheus: the last 30 days, the whole network. */
export function addForecastMetrics(
	registry: Registry,
	services: Pick<Services, "db" | "clock">,
): void {
	const gauge = (
		name: string,
		help: string,
		read: (view: Awaited<ReturnType<typeof getPredictorView>>) => number | null,
	) =>
		new Gauge({
			name,
			help,
			registers: [registry],
			async collect() {
				this.reset();
				const value = read(await getPredictorView(services));
				if (value !== null) this.set(value);
			},
		});
	gauge(
		"lull_forecasts_scored",
		"Forecasts that led to placements and whose outcome is known, last 30 days",
		({ accuracy }) => accuracy.forecasts,
	);
	gauge(
		"lull_forecast_brier_score",
		"Mean squared difference of forecast and outcome, last 30 days; 0 is perfect",
		({ accuracy }) => accuracy.brier,
	);
	gauge(
		"lull_forecast_calibration_error",
		"How far what was said is from what held, last 30 days",
		({ accuracy }) => accuracy.calibrationError,
	);
	gauge(
		"lull_tasks_interrupted_ratio",
		"Share of the tasks that were given back because the owner came, last 30 days",
		({ days }) => {
			const placed = days.reduce((sum, day) => sum + day.placed, 0);
			const interrupted = days.reduce((sum, day) => sum + day.interrupted, 0);
			return placed ? interrupted / placed : null;
		},
	);
	gauge(
		"lull_predictor_model_version",
		"The version of the model that forecasts are made with",
		({ model }) => model?.version ?? null,
	);
}
