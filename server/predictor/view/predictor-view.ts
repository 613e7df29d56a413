import { z } from "zod";
import type { Db } from "../../database/db.ts";
import { Prisma } from "../../database/generated/client.ts";
import { FORECASTER_NAMES } from "../forecast/forecaster.ts";
import { findNewestModelFacts } from "../forecast/model-store.ts";
import { listAccounts } from "../score/forecast-score-store.ts";
import {
	addAccounts,
	brierOf,
	calibrationErrorOf,
	type ForecastAccount,
	noAccount,
} from "../score/score-forecast.ts";

const DAY_MS = 86_400_000;

export const accuracyViewSchema = z.object({
	forecasts: z
		.number()
		.int()
		.describe("Scored: their window is over and was measured"),
	brier: z
		.number()
		.nullable()
		.describe("Mean of (probability − outcome)²; 0 is perfect"),
	calibrationError: z
		.number()
		.nullable()
		.describe("How far what was said is from what held, on average"),
	held: z.number().nullable().describe("The share of the windows that held"),
	reliability: z.array(
		z.object({
			said: z.number(),
			held: z.number(),
			forecasts: z.number().int(),
		}),
	),
});

export const accuracyDaySchema = z.object({
	day: z.date(),
	brier: z.number().nullable(),
	calibrationError: z.number().nullable(),
	forecasts: z.number().int(),
	placed: z.number().int().describe("Tasks that came to an end on a device"),
	interrupted: z
		.number()
		.int()
		.describe("Of these, given back because the owner came"),
});

export const predictorViewSchema = z.object({
	days: z.array(accuracyDaySchema),
	accuracy: accuracyViewSchema,
	forecasters: z.array(
		z.object({
			forecaster: z.enum(FORECASTER_NAMES),
			devices: z.number().int(),
		}),
	),
	model: z
		.object({
			version: z.number().int(),
			trainedAt: z.date(),
			reason: z.string(),
			devices: z.number().int(),
			rows: z.number().int(),
			cpuSeconds: z.number(),
			brier: z.number().nullable().describe("On days that it had not seen"),
			calibrationError: z.number().nullable(),
		})
		.nullable(),
});
export type PredictorView = z.infer<typeof predictorViewSchema>;

export function viewAccuracy(
	account: ForecastAccount,
): z.infer<typeof accuracyViewSchema> {
	return {
		forecasts: account.forecasts,
		brier: brierOf(account),
		calibrationError: calibrationErrorOf(account),
		held: account.forecasts ? account.held / account.forecasts : null,
		reliability: account.counts.flatMap((forecasts, tenth) =>
			forecasts
				? [
						{
							said: (account.saidSums[tenth] ?? 0) / forecasts,
							held: (account.heldCounts[tenth] ?? 0) / forecasts,
							forecasts,
						},
					]
				: [],
		),
	};
}

/** How right the forecasts were since then, in all and day by day: those of one device, or of the whole fleet. */
export async function viewAccuracySince(
	db: Db,
	since: Date,
	deviceId?: string,
): Promise<{
	accuracy: z.infer<typeof accuracyViewSchema>;
	days: z.infer<typeof accuracyDaySchema>[];
}> {
	const [accounts, ends] = await Promise.all([
		listAccounts(db, since, deviceId),
		countEnds(db, since, deviceId),
	]);
	const scored = new Map(
		accounts.map(({ day, account }) => [day.getTime(), account]),
	);
	const ended = new Map(ends.map((row) => [row.day.getTime(), row]));
	const all = [...new Set([...scored.keys(), ...ended.keys()])].toSorted(
		(a, b) => a - b,
	);
	return {
		accuracy: viewAccuracy(
			accounts.map(({ account }) => account).reduce(addAccounts, noAccount()),
		),
		days: all.map((day) => {
			const account = scored.get(day) ?? noAccount();
			return {
				day: new Date(day),
				brier: brierOf(account),
				calibrationError: calibrationErrorOf(account),
				forecasts: account.forecasts,
				placed: ended.get(day)?.placed ?? 0,
				interrupted: ended.get(day)?.interrupted ?? 0,
			};
		}),
	};
}

/** How right the fleet's forecasts were in the last days, and what they are made with. */
export async function viewPredictor(
	db: Db,
	now: Date,
	days: number,
): Promise<PredictorView> {
	const since = new Date(now.getTime() - days * DAY_MS);
	const [accuracy, forecasters, model] = await Promise.all([
		viewAccuracySince(db, since),
		db.forecast.groupBy({ by: ["forecaster"], _count: true }),
		findNewestModelFacts(db),
	]);
	const known = z.enum(FORECASTER_NAMES);
	return {
		...accuracy,
		forecasters: forecasters
			.flatMap(({ forecaster, _count }) => {
				const name = known.safeParse(forecaster);
				return name.success ? [{ forecaster: name.data, devices: _count }] : [];
			})
			.toSorted((a, b) => b.devices - a.devices),
		model: model && viewModel(model),
	};
}

const ownAccuracySchema = z
	.object({ brier: z.number(), calibrationError: z.number() })
	.partial();

function viewModel(
	model: NonNullable<Awaited<ReturnType<typeof findNewestModelFacts>>>,
): PredictorView["model"] {
	const own = ownAccuracySchema.parse(model.accuracy);
	return {
		version: model.version,
		trainedAt: model.trainedAt,
		reason: model.reason,
		devices: model.devices,
		rows: model.rows,
		cpuSeconds: model.seconds,
		brier: own.brier ?? null,
		calibrationError: own.calibrationError ?? null,
	};
}

/** Tasks that came to an end on devices, by day, and how many of them because the owner came. */
const countEnds = (
	db: Db,
	since: Date,
	deviceId?: string,
): Promise<
	{ day: Date; placed: number; interrupted: number }[]
> => db.$queryRaw`
	SELECT date_trunc('day', COALESCE(t."reportedAt", t."finishedAt") AT TIME ZONE 'UTC')::date AS "day",
		count(*)::int AS "placed",
		count(*) FILTER (WHERE t."state" = 'returned' AND t."errorCode" = 'ownerNeedsDevice')::int AS "interrupted"
	FROM "Task" t
	WHERE ${deviceId ? Prisma.sql`t."deviceId" = ${deviceId}::uuid` : Prisma.sql`t."deviceId" IS NOT NULL`}
	AND COALESCE(t."reportedAt", t."finishedAt") >= ${since}
	GROUP BY 1 ORDER BY 1`;
