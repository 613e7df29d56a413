import type { Device } from "../../database/generated/client.ts";
import {
	listOpenNeeds,
	type OwnerNeed,
} from "../../devices/rules/owner-need-store.ts";
import type { AgentSession } from "../../gateway/agent-session.ts";
import type { SessionRegistry } from "../../gateway/session-registry.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import { DUTY_STEP_SECONDS } from "../../telemetry/duty-day-codec.ts";
import { readDuty } from "../../telemetry/duty-day-store.ts";
import type { DutySeries } from "../../telemetry/duty-series.ts";
import { prepareDuty } from "../duty/duty-context.ts";
import { tolerateBursts } from "../duty/tolerate-bursts.ts";
import { correctForecast } from "./correct-forecast.ts";
import { type DeviceForecast, saveForecasts } from "./forecast-store.ts";
import type { SurvivalForecast } from "./forecast-survival.ts";
import {
	type LiveForecasts,
	USUAL_MAX_FROZEN_SECONDS,
} from "./live-forecasts.ts";
import { type ForecastState, needsForecast } from "./needs-forecast.ts";
import type { Predictor } from "./predictor.ts";

const INTERVAL_MS = 1_000;
/** Devices that come in a burst are forecast together. */
const GATHER_MS = 50;
/** As many as this are read and forecast in one go; the rest comes in the next run, at once. */
const MOST_AT_ONCE = 200;
/** To choose a device's forecaster takes far longer than to forecast; so many are chosen in one run at the most. */
const CHOICES_AT_ONCE = 2;
/** What a forecast looks back on: the same window on seven days, and a day more to stand on. */
export const HISTORY_MS = 8 * 86_400_000;
/** Duty that came in longer ago says nothing about now. */
const FRESH_MS = 3 * 60_000;

type Made = Pick<
	ForecastState,
	"madeAt" | "modelId" | "wasBusy" | "limitPercent"
>;

/**
 * Keeps a forecast for each device that is connected to this process: made when it comes, for each step of its duty, and
 * when its duty departs from it. The book is for placing by; the database for everybody else.
 */
export function createForecastLoop(
	services: Pick<Services, "db" | "clock" | "log" | "events" | "deviceNotices">,
	sessions: Pick<SessionRegistry, "list">,
	predictor: Predictor,
	book: LiveForecasts,
	onForecast: () => void,
): RepeatingLoop {
	const made = new Map<string, Made>();
	const loop = createRepeatingLoop({
		name: "forecast",
		intervalMs: INTERVAL_MS,
		gatherMs: GATHER_MS,
		log: services.log,
		async run() {
			const now = services.clock.now();
			const connected = sessions.list().filter(({ offer }) => offer);
			forgetGone(predictor, made, book, connected);
			const due = connected.filter((session) =>
				needsForecast(
					stateOf(session, made, predictor.modelId, now),
					now.getTime(),
				),
			);
			const some = due.slice(0, MOST_AT_ONCE);
			if (some.length === 0) return false;
			const forecasts = await forecastDevices(services, predictor, some, now);
			for (const one of forecasts) {
				const { deviceId, modelId, forecast, tolerant, busy } = one;
				book.set(deviceId, { strict: forecast, tolerant });
				made.set(deviceId, {
					madeAt: now.getTime(),
					modelId: modelId ?? undefined,
					wasBusy: busy,
					limitPercent: forecast.limitPercent,
				});
			}
			await saveForecasts(services.db, forecasts);
			for (const { deviceId } of forecasts)
				services.events.publish(`forecast:${deviceId}`, { kind: "changed" });
			onForecast();
			return due.length > some.length;
		},
	});
	const stopListening = services.deviceNotices.onForecastAnew((deviceIds) => {
		for (const id of deviceIds) if (made.delete(id)) loop.poke();
	});
	return {
		...loop,
		async stop() {
			stopListening();
			await loop.stop();
		},
	};
}

const limitOf = ({ offer }: AgentSession): number => offer?.cpuLimit ?? 0;

function freshDuty({ duty }: AgentSession, now: Date): number | undefined {
	return duty && now.getTime() - duty.at <= FRESH_MS ? duty.percent : undefined;
}

function stateOf(
	session: AgentSession,
	made: ReadonlyMap<string, Made>,
	currentModelId: string | undefined,
	now: Date,
): ForecastState {
	const currentLimit = limitOf(session);
	const known = made.get(session.deviceId) ?? {
		madeAt: undefined,
		modelId: undefined,
		wasBusy: false,
		limitPercent: currentLimit,
	};
	const duty = freshDuty(session, now);
	return { ...known, currentLimit, currentModelId, duty };
}

function forgetGone(
	predictor: Predictor,
	made: Map<string, Made>,
	book: LiveForecasts,
	connected: readonly AgentSession[],
): void {
	const here = new Set(connected.map(({ deviceId }) => deviceId));
	book.keepOnly(here);
	for (const id of made.keys()) if (!here.has(id)) made.delete(id);
	// A tolerant series has more after the name of its device.
	predictor.keepOnly((name) => here.has(name.split(" ", 1)[0] ?? ""));
}

interface MadeForecast extends DeviceForecast {
	tolerant: SurvivalForecast;
	busy: boolean;
}

async function forecastDevices(
	{ db }: Pick<Services, "db">,
	predictor: Predictor,
	sessions: readonly AgentSession[],
	now: Date,
): Promise<MadeForecast[]> {
	const ids = sessions.map(({ deviceId }) => deviceId);
	const devices = await db.$queryRaw<Pick<Device, "id" | "kind">[]>`
		SELECT "id", "kind"::text AS "kind" FROM "Device" WHERE "id" = ANY(${ids}::uuid[])`;
	const [duties, needs] = await Promise.all([
		readDuty(db, devices, new Date(now.getTime() - HISTORY_MS), now),
		listOpenNeeds(db, ids, now),
	]);
	const choices = { left: CHOICES_AT_ONCE };
	return sessions.flatMap((session) => {
		const duty = duties.get(session.deviceId);
		if (!duty) return [];
		const newest = freshDuty(session, now);
		return {
			madeAt: now,
			...forecastDevice(predictor, duty, needs, session, newest, choices),
		};
	});
}

function forecastDevice(
	predictor: Predictor,
	duty: DutySeries,
	needs: readonly OwnerNeed[],
	session: AgentSession,
	newest: number | undefined,
	choices: { left: number },
): Omit<MadeForecast, "madeAt"> {
	const limit = limitOf(session);
	const last = duty.mean.length - 1;
	// The last minute says more of now than the mean of the step that it is in, when the owner has just come.
	const mean = duty.mean[last] ?? Number.NaN;
	if (newest !== undefined && !(newest <= mean)) duty.mean[last] = newest;
	const at = duty.start + duty.mean.length * DUTY_STEP_SECONDS;
	const forecast = (seen: DutySeries) => {
		const duty = prepareDuty(seen);
		const choose = choices.left > 0 && predictor.mustChoose(duty, at, limit);
		if (choose) choices.left--;
		return predictor.forecast(duty, at, limit, choose);
	};
	const { deviceId } = session;
	return {
		deviceId,
		modelId: predictor.modelId ?? null,
		forecast: correct(forecast(duty), needs, deviceId),
		tolerant: correct(
			forecast(tolerateBursts(duty, USUAL_MAX_FROZEN_SECONDS)),
			needs,
			deviceId,
		),
		busy: (newest ?? 0) > limit,
	};
}

const correct = (
	forecast: SurvivalForecast,
	needs: readonly OwnerNeed[],
	deviceId: string,
): SurvivalForecast =>
	correctForecast(
		forecast,
		needs
			.filter((need) => need.deviceId === deviceId)
			.map(({ from, until }) => ({
				from: from.getTime() / 1000,
				until: until.getTime() / 1000,
			})),
	);
