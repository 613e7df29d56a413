import type { Db } from "../../database/db.ts";
import { Prisma } from "../../database/generated/client.ts";
import { DUTY_STEP_SECONDS } from "../../telemetry/duty-day-codec.ts";
import {
	type SurvivalForecast,
	survivalAt,
} from "../forecast/forecast-survival.ts";
import { USUAL_MAX_FROZEN_SECONDS } from "../forecast/live-forecasts.ts";
import { addScore, type ForecastAccount, noAccount } from "./score-forecast.ts";

/** A placement, as far as the score of forecasts cares. */
export interface ForecastPlacement {
	deviceId: string;
	/** What the decision rests on; null when nothing was forecast for the device. */
	forecast: SurvivalForecast | null;
	runTime: { medianSeconds: number };
	maxFrozenSeconds: number;
}

/** Keeps the forecasts that these placements rest on, each once, until it is known what came of them. */
export async function noteForecasts(
	db: Db,
	placements: readonly ForecastPlacement[],
	now: Date,
): Promise<void> {
	const rows = placements.flatMap((placement) => {
		const { deviceId, forecast, runTime, maxFrozenSeconds } = placement;
		if (!forecast) return [];
		const windowSeconds =
			// Outcomes are known by whole steps of duty.
			Math.max(1, Math.ceil(runTime.medianSeconds / DUTY_STEP_SECONDS)) *
			DUTY_STEP_SECONDS;
		return {
			deviceId,
			madeAt: new Date(forecast.at * 1000),
			windowSeconds,
			// Which of a device's two forecasts it was.
			maxFrozenSeconds:
				maxFrozenSeconds >= USUAL_MAX_FROZEN_SECONDS
					? USUAL_MAX_FROZEN_SECONDS
					: 0,
			forecaster: forecast.forecaster,
			limit: forecast.limitPercent,
			probability: survivalAt(forecast, windowSeconds),
			until: new Date(
				Math.max(now.getTime(), forecast.at * 1000) + windowSeconds * 1000,
			),
		};
	});
	if (rows.length === 0) return;
	const column = <K extends keyof (typeof rows)[number]>(key: K) =>
		rows.map((row) => row[key]);
	await db.$executeRaw`
		INSERT INTO "ForecastScore" ("deviceId", "madeAt", "windowSeconds", "maxFrozenSeconds", "forecaster", "limit", "probability", "until")
		SELECT * FROM unnest(${column("deviceId")}::uuid[], ${column("madeAt")}::timestamptz[], ${column("windowSeconds")}::int[],
			${column("maxFrozenSeconds")}::int[], ${column("forecaster")}::text[], ${column("limit")}::float8[],
			${column("probability")}::float8[], ${column("until")}::timestamptz[])
		ON CONFLICT DO NOTHING`;
}

export interface UnscoredForecast {
	deviceId: string;
	madeAt: Date;
	windowSeconds: number;
	maxFrozenSeconds: number;
	limit: number;
	probability: number;
}

/** Forecasts whose window ended before `until` and of which nothing is said yet; taken hold of for this transaction. */
export const claimUnscored = (
	db: Db,
	until: Date,
	limit: number,
): Promise<UnscoredForecast[]> => db.$queryRaw`
	SELECT "deviceId", "madeAt", "windowSeconds", "maxFrozenSeconds", "limit", "probability" FROM "ForecastScore"
	WHERE "scoredAt" IS NULL AND "until" < ${until} ORDER BY "until" LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED`;

/** Writes what came of them, and adds it to the accounts of their devices' days. */
export async function writeScores(
	db: Db,
	scores: readonly (UnscoredForecast & { held: boolean | undefined })[],
	now: Date,
): Promise<void> {
	if (scores.length === 0) return;
	await db.$executeRaw`
		UPDATE "ForecastScore" f SET "held" = s.held, "scoredAt" = ${now}
		FROM unnest(${scores.map(({ deviceId }) => deviceId)}::uuid[], ${scores.map(({ madeAt }) => madeAt)}::timestamptz[],
			${scores.map(({ windowSeconds }) => windowSeconds)}::int[],
			${scores.map(({ maxFrozenSeconds }) => maxFrozenSeconds)}::int[], ${scores.map(({ held }) => held ?? null)}::bool[])
			AS s(device, made, seconds, patience, held)
		WHERE f."deviceId" = s.device AND f."madeAt" = s.made AND f."windowSeconds" = s.seconds
			AND f."maxFrozenSeconds" = s.patience`;
	const accounts = new Map<
		string,
		{ deviceId: string; day: Date; account: ForecastAccount }
	>();
	for (const { deviceId, madeAt, probability, held } of scores) {
		if (held === undefined) continue;
		const day = new Date(madeAt.toISOString().slice(0, 10));
		const key = `${deviceId} ${day.getTime()}`;
		const account = accounts.get(key)?.account ?? noAccount();
		accounts.set(key, {
			deviceId,
			day,
			account: addScore(account, probability, held),
		});
	}
	// In one order, so that two processes that score never wait for each other for ever.
	for (const [, { deviceId, day, account }] of [...accounts].sort(([a], [b]) =>
		a < b ? -1 : 1,
	))
		await addToDay(db, deviceId, day, account);
}

const addToDay = (
	db: Db,
	deviceId: string,
	day: Date,
	account: ForecastAccount,
) =>
	db.$executeRaw`
		INSERT INTO "ForecastAccuracy" AS a ("deviceId", "day", "forecasts", "brierSum", "held", "counts", "saidSums", "heldCounts")
		VALUES (${deviceId}::uuid, ${day}::date, ${account.forecasts}, ${account.brierSum}, ${account.held},
			${account.counts}::int[], ${account.saidSums}::float8[], ${account.heldCounts}::int[])
		ON CONFLICT ("deviceId", "day") DO UPDATE SET
			"forecasts" = a."forecasts" + EXCLUDED."forecasts", "brierSum" = a."brierSum" + EXCLUDED."brierSum",
			"held" = a."held" + EXCLUDED."held",
			"counts" = (SELECT array_agg(x + y ORDER BY i) FROM unnest(a."counts", EXCLUDED."counts") WITH ORDINALITY AS u(x, y, i)),
			"saidSums" = (SELECT array_agg(x + y ORDER BY i) FROM unnest(a."saidSums", EXCLUDED."saidSums") WITH ORDINALITY AS u(x, y, i)),
			"heldCounts" = (SELECT array_agg(x + y ORDER BY i) FROM unnest(a."heldCounts", EXCLUDED."heldCounts") WITH ORDINALITY AS u(x, y, i))`;

/** Element by element; SQL counts from 1. */
const sumOfTenths = (column: string) =>
	Prisma.sql`ARRAY[${Prisma.join(
		Array.from({ length: 10 }, (_, i) =>
			Prisma.raw(`sum("${column}"[${i + 1}])`),
		),
	)}]`;

/** Accounts of the days from `since` on: of one device, or of the whole fleet day by day. */
export async function listAccounts(
	db: Db,
	since: Date,
	deviceId?: string,
): Promise<{ day: Date; account: ForecastAccount }[]> {
	const rows = await db.$queryRaw<(ForecastAccount & { day: Date })[]>`
		SELECT "day", sum("forecasts")::int AS "forecasts", sum("brierSum") AS "brierSum", sum("held")::int AS "held",
			${sumOfTenths("counts")}::int[] AS "counts", ${sumOfTenths("saidSums")}::float8[] AS "saidSums",
			${sumOfTenths("heldCounts")}::int[] AS "heldCounts"
		FROM "ForecastAccuracy"
		WHERE "day" >= ${since}::date
		${deviceId ? Prisma.sql`AND "deviceId" = ${deviceId}::uuid` : Prisma.empty}
		GROUP BY "day" ORDER BY "day"`;
	return rows.map(({ day, ...account }) => ({ day, account }));
}
