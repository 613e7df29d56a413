import { z } from "zod";
import { ownerRulesSchema } from "../../../agent/core/protocol.ts";
import type { CurrentUser } from "../../accounts/current-user.ts";
import { demandVisible } from "../../devices/device-requests.ts";
import { listOpenNeeds } from "../../devices/rules/owner-need-store.ts";
import type { Services } from "../../services.ts";
import { DAY_MS } from "../../telemetry/duty-day-codec.ts";
import { readDuty } from "../../telemetry/duty-day-store.ts";
import { endOf } from "../../telemetry/duty-series.ts";
import { type DutyContext, prepareDuty } from "../duty/duty-context.ts";
import { HISTORY_MS } from "../forecast/forecast-loop.ts";
import { FORECASTER_NAMES } from "../forecast/forecaster.ts";
import type { Predictor } from "../forecast/predictor.ts";
import { seasonal } from "../forecast/simple-forecasters.ts";
import { forecastCurve } from "./duty-curve.ts";
import { explainRhythm, findBusySpans } from "./explain-rhythm.ts";
import { findIdleWindows } from "./idle-windows.ts";
import {
	accuracyDaySchema,
	accuracyViewSchema,
	viewAccuracySince,
} from "./predictor-view.ts";

const PAST_MS = DAY_MS;
const RHYTHM_MS = 28 * DAY_MS;
/** An owner who says that they need it is believed. */
const NEEDED = 0.02;

const probability = z.number().min(0).max(1);

export const outlookSchema = z.object({
	limitPercent: z
		.number()
		.describe("Above this duty, in percent of the machine, the owner has come"),
	madeAt: z
		.date()
		.nullable()
		.describe("Of the newest forecast; null until there is one"),
	forecaster: z.enum(FORECASTER_NAMES).nullable().describe("Who made it"),
	survival: z
		.array(z.object({ seconds: z.number(), probability }))
		.describe("That the device stays under the limit for so long"),
	past: z
		.array(z.object({ t: z.number(), percent: z.number().nullable() }))
		.describe("The duty of the last day; t in Unix seconds"),
	curve: z
		.array(
			z.object({
				t: z.number(),
				expected: z.number(),
				low: z.number(),
				high: z.number(),
			}),
		)
		.describe("The coming day; eight of ten times the duty is within the band"),
	windows: z
		.array(z.object({ from: z.date(), until: z.date(), probability }))
		.describe("Idle windows of the coming day"),
	rhythm: z
		.string()
		.nullable()
		.describe("In words, by the clock of who asks; null: too little is known"),
	daysMeasured: z.number(),
	accuracy: accuracyViewSchema.describe("Of the last 30 days"),
	days: z.array(accuracyDaySchema).describe("The same day by day"),
});
export type Outlook = z.infer<typeof outlookSchema>;

/**
 * What is expected of a device, for its owner.
 * @param utcOffsetMinutes of the clock of who asks
 * @throws AppError notFound, also when it is somebody else's
 */
export async function getVisibleOutlook(
	services: Pick<Services, "db" | "clock"> & {
		predictor: Pick<Predictor, "choiceFor">;
	},
	person: Pick<CurrentUser, "id" | "accessLevel">,
	deviceId: string,
	utcOffsetMinutes: number,
): Promise<Outlook> {
	const { db, clock, predictor } = services;
	await demandVisible({ db }, person, deviceId);
	const now = clock.now();
	const [device, forecast, needs, past] = await Promise.all([
		db.device.findUniqueOrThrow({
			where: { id: deviceId },
			select: { id: true, kind: true, rules: true },
		}),
		db.forecast.findUnique({ where: { deviceId } }),
		listOpenNeeds(db, [deviceId], now),
		viewAccuracySince(db, new Date(now.getTime() - 30 * DAY_MS), deviceId),
	]);
	const limitPercent =
		forecast?.limit ?? ownerRulesSchema.parse(device.rules).cpuLimit;
	const from = new Date(now.getTime() - Math.max(RHYTHM_MS, HISTORY_MS));
	const series = (await readDuty(db, [device], from, now)).get(deviceId);
	if (!series) throw new Error("A device that was asked for has no series.");
	const duty = prepareDuty(series);
	const at = endOf(series);
	const spans = findBusySpans(duty, duty.steps, limitPercent, utcOffsetMinutes);
	const forecaster = predictor.choiceFor(duty, at, limitPercent) ?? seasonal;
	const known = duty.knownIn(0, duty.steps);
	const isNeeded = (window: { from: number; to: number }) =>
		needs.some(
			(need) =>
				need.from.getTime() < window.to * 1000 &&
				need.until.getTime() > window.from * 1000,
		);
	return {
		limitPercent,
		madeAt: forecast?.madeAt ?? null,
		forecaster: z
			.enum(FORECASTER_NAMES)
			.nullable()
			.parse(forecast?.forecaster ?? null),
		survival: z
			.array(z.object({ seconds: z.number(), probability: z.number() }))
			.parse(forecast?.survival ?? []),
		past: pastOf(duty, now),
		curve: known ? forecastCurve(forecaster, duty, at) : [],
		windows: known
			? findIdleWindows(duty, limitPercent).map((window) => ({
					from: new Date(window.from * 1000),
					until: new Date(window.to * 1000),
					probability: isNeeded(window) ? NEEDED : window.probability,
				}))
			: [],
		rhythm: spans ? explainRhythm(spans) : null,
		daysMeasured: Math.round((known / duty.stepsADay) * 10) / 10,
		...past,
	};
}

function pastOf(duty: DutyContext, now: Date): Outlook["past"] {
	const first = duty.stepAt((now.getTime() - PAST_MS) / 1000);
	return Array.from({ length: duty.steps - first }, (_, i) => {
		const percent = duty.values[first + i] ?? Number.NaN;
		return {
			t: duty.timeOf(first + i),
			percent: Number.isNaN(percent) ? null : percent,
		};
	});
}
