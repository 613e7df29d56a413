import {
	type DutyContext,
	prepareDuty,
} from "../../server/predictor/duty/duty-context.ts";
import { stepKnownBy } from "../../server/predictor/duty/step-known-by.ts";
import { chooseForecaster } from "../../server/predictor/forecast/choose-forecaster.ts";
import type { Forecaster } from "../../server/predictor/forecast/forecaster.ts";
import { GbrtForecaster } from "../../server/predictor/forecast/gbrt-forecaster.ts";
import { LogisticForecaster } from "../../server/predictor/forecast/logistic-forecaster.ts";
import { RhythmForecaster } from "../../server/predictor/forecast/rhythm-forecaster.ts";
import {
	persistence,
	seasonal,
	yesterday,
} from "../../server/predictor/forecast/simple-forecasters.ts";
import { trainModel } from "../../server/predictor/learn/train-model.ts";
import {
	areaUnderRoc,
	brierScore,
	calibrationError,
	harvestAt,
	type ScoredForecasts,
} from "../../server/predictor/score/accuracy-measures.ts";
import type { DutySeries } from "../../server/telemetry/duty-series.ts";

/** Limits in percent and windows in minutes that are asked, and minutes ahead at which the load is. */
const LIMITS = [15, 30, 50];
const WINDOWS = [30, 60, 120];
const AHEAD = [5, 30, 60, 120];
/** Forward chaining: trained on the first part of each series' days, asked about the part after it. */
const FOLDS = [
	[0.55, 0.7],
	[0.7, 0.85],
	[0.85, 1],
] as const;
/** So many moments of a fold are asked, spread evenly over its devices and days. */
const MOMENTS_A_FOLD = 2_400;
const METHODS = [
	"gbrt",
	"chosen",
	"logistic",
	"rhythm",
	"seasonal",
	"yesterday",
	"persistence",
] as const;
type Method = (typeof METHODS)[number];

export interface MethodFigures {
	brier: number;
	auc: number | null;
	harvestAtAbort5: number;
	harvestAtAbort10: number;
	rmse: Record<string, number>;
}

export interface SetFigures {
	series: number;
	trainSeconds: number;
	peakRssMiB: number;
	calibrationError: number;
	/** Windows that were asked about. */
	windows: number;
	methods: Record<Method, MethodFigures>;
}

/** One question (a limit and a window) with all answers to it. */
interface Question {
	limit: number;
	minutes: number;
	outcomes: number[];
	/** Whether the device was under the limit when asked. */
	idle: boolean[];
	answers: Record<Method, number[]>;
}

/** Trains on the past and asks about the future, fold by fold. `tell` is told how far it is. */
export function evaluateSet(
	series: readonly DutySeries[],
	tell: (message: string) => void,
): SetFigures {
	const duties = series.map(prepareDuty);
	const questions: Question[] = LIMITS.flatMap((limit) =>
		WINDOWS.map((minutes) => ({
			limit,
			minutes,
			outcomes: [],
			idle: [],
			answers: perMethod(() => []),
		})),
	);
	const loadErrors = perMethod(() => AHEAD.map(() => ({ sum: 0, count: 0 })));
	let trainMs = 0;
	for (const [from, to] of FOLDS) {
		const ends = new Map(
			duties.map((duty) => [
				duty.series,
				duty.timeOf(stepKnownBy(duty, duty.steps, from)),
			]),
		);
		const begun = performance.now();
		const model = trainModel(series, {
			trainedAt: new Date(0).toISOString(),
			until: (one) => ends.get(one) as number,
		});
		trainMs += performance.now() - begun;
		tell(`trained up to ${Math.round(from * 100)} %`);
		const gbrt = new GbrtForecaster(model);
		const logistic = new LogisticForecaster(model.logistic);
		for (const duty of duties)
			askDevice(duty, [from, to], duties.length, gbrt, logistic, {
				questions,
				loadErrors,
			});
	}
	return {
		series: series.length,
		trainSeconds: trainMs / 1000,
		peakRssMiB: process.resourceUsage().maxRSS / 1024,
		calibrationError: meanOf(
			questions
				.filter(({ outcomes }) => outcomes.length)
				.map((question) => calibrationError(scoredBy(question, "gbrt"))),
		),
		windows: questions.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
		methods: perMethod((method) => ({
			...figuresOf(questions, method),
			rmse: Object.fromEntries(
				AHEAD.map((minutes, k) => {
					const { sum, count } = loadErrors[method][k] ?? { sum: 0, count: 0 };
					return [minutes, count ? Math.sqrt(sum / count) : 0];
				}),
			),
		})),
	};
}

interface Answers {
	questions: Question[];
	loadErrors: Record<Method, { sum: number; count: number }[]>;
}

/** Asks all methods about moments of one device spread over the fold's days. */
function askDevice(
	duty: DutyContext,
	[from, to]: readonly [number, number],
	devices: number,
	gbrt: Forecaster,
	logistic: Forecaster,
	{ questions, loadErrors }: Answers,
): void {
	const first = stepKnownBy(duty, duty.steps, from);
	const end = stepKnownBy(duty, duty.steps, to);
	const rhythm = new RhythmForecaster();
	const simple = { logistic, rhythm, seasonal, yesterday, persistence };
	const all = [gbrt, ...Object.values(simple)];
	const chosen = new Map(
		LIMITS.map((limit) => [
			limit,
			chooseForecaster(all, duty, duty.timeOf(first), limit).forecaster,
		]),
	);
	const apart = Math.max(1, ((end - first) * devices) / MOMENTS_A_FOLD);
	for (let at = first; at < end; at += apart) {
		const now = Math.floor(at);
		const last = duty.values[now - 1] as number;
		if (!(last >= 0)) continue;
		const time = duty.timeOf(now);
		for (const question of questions) {
			const { limit, minutes } = question;
			const steps = duty.stepsOf(minutes * 60);
			const held = duty.heldIn(duty.view(limit), now, now + steps);
			if (Number.isNaN(held)) continue;
			question.outcomes.push(held);
			question.idle.push(last < limit);
			const ask = (forecaster: Forecaster) =>
				forecaster.probabilityUnder(duty, time, limit, minutes * 60);
			const answer = ask(gbrt);
			const own = chosen.get(limit);
			question.answers.gbrt.push(answer);
			question.answers.chosen.push(own && own !== gbrt ? ask(own) : answer);
			for (const [method, forecaster] of Object.entries(simple))
				question.answers[method as Method].push(ask(forecaster));
		}
		AHEAD.forEach((minutes, k) => {
			const load = duty.values[
				now + Math.round((minutes * 60) / duty.stepSeconds)
			] as number;
			if (!(load >= 0)) return;
			for (const [method, forecaster] of Object.entries({
				gbrt,
				chosen: gbrt,
				...simple,
			})) {
				const error = loadErrors[method as Method][k];
				if (!error) continue;
				error.sum +=
					(forecaster.expectedLoad(duty, time, minutes * 60) - load) ** 2;
				error.count++;
			}
		});
	}
}

/** Means over the questions; the harvest is asked only where the device is idle now. */
function figuresOf(questions: readonly Question[], method: Method) {
	const asked = questions.filter(({ outcomes }) => outcomes.length);
	const aucs = asked
		.map((question) => areaUnderRoc(scoredBy(question, method)))
		.filter((auc) => auc !== null);
	const harvest = (share: number) =>
		meanOf(
			asked
				.map((question) => idleStarts(question, method))
				.filter(({ outcomes }) => outcomes.some(Boolean))
				.map((starts) => harvestAt(starts, share)),
		);
	return {
		brier: meanOf(asked.map((one) => brierScore(scoredBy(one, method)))),
		auc: aucs.length ? meanOf(aucs) : null,
		harvestAtAbort5: harvest(0.05),
		harvestAtAbort10: harvest(0.1),
	};
}

const scoredBy = (question: Question, method: Method): ScoredForecasts => ({
	probabilities: Float64Array.from(question.answers[method]),
	outcomes: Float64Array.from(question.outcomes),
});

const idleStarts = (question: Question, method: Method): ScoredForecasts => {
	const { idle, outcomes, answers } = question;
	const kept = (_: number, k: number) => idle[k] === true;
	return {
		probabilities: Float64Array.from(answers[method].filter(kept)),
		outcomes: Float64Array.from(outcomes.filter(kept)),
	};
};

const perMethod = <T>(make: (method: Method) => T): Record<Method, T> =>
	Object.fromEntries(METHODS.map((method) => [method, make(method)])) as Record<
		Method,
		T
	>;

export const meanOf = (values: readonly number[]): number =>
	values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
