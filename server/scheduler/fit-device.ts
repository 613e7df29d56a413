import { rulesAllow } from "../devices/rules/rules-allow.ts";
import {
	longestWindow,
	type SurvivalForecast,
} from "../predictor/forecast/forecast-survival.ts";
import { forecastFor } from "../predictor/forecast/live-forecasts.ts";
import {
	calculateSeconds,
	estimateRunTime,
	type RunTimeEstimate,
} from "./estimate-run-time.ts";
import {
	finishesWith,
	finishProbability,
	longestFit,
} from "./finish-probability.ts";
import type { BatchNeeds, DeviceOffer, Refusal } from "./placement-plan.ts";

/** How tasks of a batch would go on a device, its present load aside. */
export interface DeviceFit {
	device: DeviceOffer;
	/** The one that holds for the batch's patience; null when nothing was forecast. */
	forecast: SurvivalForecast | null;
	runTime: RunTimeEstimate;
	/** Seconds until the owner's hours end; Infinity when they do not. */
	secondsAllowed: number;
	/** How long the device stays idle with the confidence that the batch asks for, in seconds. */
	idleSeconds: number;
	/** Why tasks of the batch cannot go there; undefined when they can. */
	refusal: Refusal | undefined;
}

type Unjudged = Omit<DeviceFit, "refusal">;

/** What must hold for a device to take tasks of a batch. The first that does not is the reason the portal shows. */
const FILTERS: readonly [
	Refusal,
	(fit: Unjudged, needs: BatchNeeds) => boolean,
][] = [
	[
		"platform",
		({ device }, needs) => Object.hasOwn(needs.builds, device.platform),
	],
	[
		"notEnoughCores",
		({ device }, needs) => device.capacity.cores >= needs.cores,
	],
	[
		"notEnoughMemory",
		({ device }, needs) => device.capacity.memoryMiB >= needs.memoryMiB,
	],
	[
		"notEnoughDisk",
		({ device }, needs) => device.capacity.diskMiB >= needs.diskMiB,
	],
	[
		"ownerRules",
		({ device, runTime }, needs) =>
			rulesAllow(device.rules, {
				projectId: needs.projectId,
				area: needs.scienceArea,
				estimatedSeconds: runTime.medianSeconds,
			}),
	],
	[
		"windowTooShort",
		({ runTime, secondsAllowed }) => secondsAllowed >= runTime.medianSeconds,
	],
	[
		"notForecast",
		({ forecast }, { placement }) =>
			placement !== "predictive" || forecast !== null,
	],
	[
		"forecastTooShort",
		({ forecast, runTime, secondsAllowed, idleSeconds }, needs) =>
			needs.placement !== "predictive" ||
			(forecast !== null &&
				finishesWith(
					needs.confidence,
					forecast,
					runTime,
					secondsAllowed,
					idleSeconds,
				)),
	],
];

/** @param share of the batch's estimated operations: what the work unit is of them */
export function fitDevice(
	device: DeviceOffer,
	needs: BatchNeeds,
	share: number,
	now: Date,
): DeviceFit {
	const { forecasts, until } = device;
	const forecast = forecasts && forecastFor(forecasts, needs.maxFrozenSeconds);
	const runTime = estimateRunTime(
		calculateSeconds(
			needs.estimatedOperations * share,
			device.floatOpsPerSecond,
			needs.cores,
		),
		device.deviceId,
		needs.runTimes,
	);
	const secondsAllowed = until
		? (until.getTime() - now.getTime()) / 1000
		: Number.POSITIVE_INFINITY;
	const fit: DeviceFit = {
		device,
		forecast,
		runTime,
		secondsAllowed,
		idleSeconds: forecast
			? Math.min(secondsAllowed, idleFor(forecast, needs.confidence))
			: 0,
		refusal: undefined,
	};
	for (const [refusal, holds] of FILTERS)
		if (!holds(fit, needs)) {
			fit.refusal = refusal;
			break;
		}
	return fit;
}

/** That a task finishes before the owner comes; null when nothing was forecast. */
export const finishProbabilityOf = ({
	forecast,
	runTime,
	secondsAllowed,
}: DeviceFit): number | null =>
	forecast && finishProbability(forecast, runTime, secondsAllowed);

const idleTimes = new WeakMap<SurvivalForecast, Map<number, number>>();

/** How long a device stays idle, by one forecast; reckoned once for all batches that ask with the same confidence. */
function idleFor(forecast: SurvivalForecast, confidence: number): number {
	const known = idleTimes.get(forecast) ?? new Map<number, number>();
	idleTimes.set(forecast, known);
	const seconds = known.get(confidence) ?? longestWindow(forecast, confidence);
	known.set(confidence, seconds);
	return seconds;
}

/** The longest task, in median seconds, that would still fit there. */
export const longestTaskSeconds = (
	{ forecast, runTime, secondsAllowed }: DeviceFit,
	{ confidence }: BatchNeeds,
): number =>
	forecast
		? longestFit(forecast, runTime.spread, secondsAllowed, confidence)
		: 0;
