import type { Db } from "../../database/db.ts";
import type { SurvivalForecast } from "./forecast-survival.ts";

/** A forecast of a device, with the model that it was made with. */
export interface DeviceForecast {
	deviceId: string;
	madeAt: Date;
	modelId: string | null;
	forecast: SurvivalForecast;
}

/** Keeps the newest forecasts of devices, in one statement; an older one never replaces a newer. */
export async function saveForecasts(
	db: Db,
	forecasts: readonly DeviceForecast[],
): Promise<void> {
	if (forecasts.length === 0) return;
	await db.$executeRaw`
		INSERT INTO "Forecast" AS f ("deviceId", "madeAt", "modelId", "forecaster", "limit", "survival")
		SELECT v.* FROM unnest(${forecasts.map(({ deviceId }) => deviceId)}::uuid[],
			${forecasts.map(({ madeAt }) => madeAt)}::timestamptz[], ${forecasts.map(({ modelId }) => modelId)}::uuid[],
			${forecasts.map(({ forecast }) => forecast.forecaster)}::text[],
			${forecasts.map(({ forecast }) => forecast.limitPercent)}::float8[],
			${forecasts.map(({ forecast }) => JSON.stringify(survivalOf(forecast)))}::jsonb[])
			AS v(id, at, model, forecaster, "limit", survival)
		JOIN "Device" d ON d."id" = v.id
		ON CONFLICT ("deviceId") DO UPDATE SET "madeAt" = EXCLUDED."madeAt", "modelId" = EXCLUDED."modelId",
			"forecaster" = EXCLUDED."forecaster", "limit" = EXCLUDED."limit", "survival" = EXCLUDED."survival"
		WHERE f."madeAt" <= EXCLUDED."madeAt"`;
}

const survivalOf = ({ windowSeconds, probability }: SurvivalForecast) =>
	windowSeconds.map((seconds, i) => ({
		seconds,
		probability: probability[i] ?? 0,
	}));
