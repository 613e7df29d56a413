import type { DutyKind, DutySeries } from "../../telemetry/duty-series.ts";
import { DAY_SECONDS } from "./duty-context.ts";
import { GENERATED_DEVICES, type GeneratedKind } from "./generated-kinds.ts";
import { hashToUnit } from "./seeded-random.ts";

const SAMPLE_MS = 2_000;
const DAY_MS = DAY_SECONDS * 1_000;
/** Events are drawn for a block of a quarter of an hour; none is longer than MAX_BLOCKS of them. */
const BLOCK_MS = 900_000;
const MAX_BLOCKS = 4;
const RAMP_MS = 16_000;
const MAX_EVENT_MS = (MAX_BLOCKS - 1) * BLOCK_MS - RAMP_MS;
/** Most samples that make the mean of one step; longer steps are averaged over samples spread in them. */
const MAX_SAMPLES_A_STEP = 30;
/** Which thing is drawn; keeps one draw from repeating another. */
const DRAW = {
	noise: 1,
	wander: 2,
	day: 3,
	cluster: 4,
	events: 5,
	anomaly: 6,
	self: 7,
};

interface LoadEvent {
	fromMs: number;
	toMs: number;
	percent: number;
}

/** The duty of one generated device: the load in percent at any moment, always the same for the same kind and seed. */
export interface GeneratedDuty {
	kind: DutyKind;
	/** Percent at a moment (Unix milliseconds), which is taken to its 2-second sample. */
	loadAt(unixMs: number): number;
	/** The same without the noise that no forecast can know. */
	curveAt(unixMs: number): number;
}

/**
 * A device of the original design's kinds: a base load, a daily and weekly rhythm of activity, events that come in
 * clusters when there is activity, jobs by the clock, a rare anomaly, and noise. Any moment can be asked alone: all that
 * is random is a hash of the seed and the time, so that a demo can play it live and a test can replay it.
 */
export function generateDuty(kind: GeneratedKind, seed: number): GeneratedDuty {
	const device = GENERATED_DEVICES[kind];
	const draw = (...what: readonly number[]) => hashToUnit(seed, ...what);
	// No two devices of a kind are alike: their day is shifted by up to an hour, their events differ in number and size.
	const shiftMs = (draw(DRAW.self, 1) - 0.5) * 7_200_000;
	const liveliness = 0.6 + 0.8 * draw(DRAW.self, 2);
	const strength = 0.75 + 0.5 * draw(DRAW.self, 3);
	const base = device.basePercent * (0.7 + 0.6 * draw(DRAW.self, 4));

	const activityAt = (ms: number): number => {
		const local = ms - shiftMs;
		const weekday = weekdayOf(local);
		const hour = (mod(local, DAY_MS) / DAY_MS) * 24;
		const jitter = (draw(DRAW.day, Math.floor(local / DAY_MS)) - 0.5) * 0.7;
		let activity = 0;
		for (const bump of device.rhythm)
			if (bump.days.includes(weekday))
				activity = Math.max(
					activity,
					bump.activity * bumpAt(hour + jitter, bump.fromHour, bump.toHour),
				);
		return activity;
	};

	const eventsOf = (block: number): LoadEvent[] => {
		const fromMs = block * BLOCK_MS;
		// Clusters: two hours in which there is much or little going on.
		const cluster = draw(DRAW.cluster, Math.floor(block / 8)) ** 2 * 3;
		const rate =
			device.eventsAnHour *
			liveliness *
			(0.03 + activityAt(fromMs)) *
			(0.15 + cluster) *
			0.25;
		const events: LoadEvent[] = [];
		const count = poisson(rate, draw(DRAW.events, block));
		for (let k = 0; k < count; k++) {
			const begin = fromMs + draw(DRAW.events, block, k, 1) * BLOCK_MS;
			const minutes =
				-device.eventMinutes * Math.log(1 - draw(DRAW.events, block, k, 2));
			const size = 0.6 + 0.8 * draw(DRAW.events, block, k, 3);
			events.push({
				fromMs: begin,
				toMs: begin + Math.min(MAX_EVENT_MS, 10_000 + minutes * 60_000),
				percent: device.eventPercent * strength * size,
			});
		}
		return events;
	};

	const cache = new Map<number, LoadEvent[]>();
	const cachedEvents = (block: number): LoadEvent[] => {
		let events = cache.get(block);
		if (!events) {
			if (cache.size > 16) cache.clear();
			events = eventsOf(block);
			cache.set(block, events);
		}
		return events;
	};

	const curveAt = (unixMs: number): number => {
		const ms = Math.floor(unixMs / SAMPLE_MS) * SAMPLE_MS;
		let load = base + device.activePercent * strength * activityAt(ms);
		const block = Math.floor(ms / BLOCK_MS);
		for (let b = block - MAX_BLOCKS + 1; b <= block; b++)
			for (const event of cachedEvents(b))
				load +=
					event.percent * rampAt(ms - event.fromMs, event.toMs - event.fromMs);
		for (const job of device.jobs) {
			const since = mod(
				ms - job.atMinute * 60_000 - shiftMs,
				job.everyHours * 3_600_000,
			);
			load += job.percent * rampAt(since, job.minutes * 60_000);
		}
		return Math.min(100, load + anomalyAt(ms));
	};

	/** One day in twenty-five something hangs for one to four hours. */
	const anomalyAt = (ms: number): number => {
		const day = Math.floor(ms / DAY_MS);
		if (draw(DRAW.anomaly, day) > 0.04) return 0;
		const from = draw(DRAW.anomaly, day, 1) * 0.8 * DAY_MS;
		const length = (1 + 3 * draw(DRAW.anomaly, day, 2)) * 3_600_000;
		const since = ms - day * DAY_MS - from;
		return since >= 0 && since < length ? 35 : 0;
	};

	const loadAt = (unixMs: number): number => {
		const sample = Math.floor(unixMs / SAMPLE_MS);
		const wander = smoothNoise(sample / 150, (i) => draw(DRAW.wander, i));
		const noise = gaussian(
			draw(DRAW.noise, sample, 1),
			draw(DRAW.noise, sample, 2),
		);
		const load =
			curveAt(unixMs) + device.noisePercent * (noise + (wander - 0.5) * 1.5);
		return Math.max(0, Math.min(100, load));
	};
	return { kind: device.kind, loadAt, curveAt };
}

/**
 * A generated device's duty as a series.
 * @param start Unix seconds, taken down to a multiple of the step
 * @param noise false for the curve alone
 */
export function generateSeries(
	kind: GeneratedKind,
	seed: number,
	span: { start: number; days: number; stepSeconds: number },
	noise = true,
): DutySeries {
	const { stepSeconds } = span;
	const duty = generateDuty(kind, seed);
	const loadAt = noise ? duty.loadAt : duty.curveAt;
	const start = Math.floor(span.start / stepSeconds) * stepSeconds;
	const mean = new Float32Array(
		Math.round((span.days * DAY_SECONDS) / stepSeconds),
	);
	const samples = Math.max(
		1,
		Math.min(MAX_SAMPLES_A_STEP, Math.floor((stepSeconds * 1000) / SAMPLE_MS)),
	);
	const apartMs = (stepSeconds * 1000) / samples;
	for (let i = 0; i < mean.length; i++) {
		const fromMs = (start + i * stepSeconds) * 1000;
		let sum = 0;
		for (let k = 0; k < samples; k++) sum += loadAt(fromMs + k * apartMs);
		mean[i] = sum / samples;
	}
	return { name: `${kind}-${seed}`, kind: duty.kind, start, stepSeconds, mean };
}

const mod = (value: number, by: number): number => ((value % by) + by) % by;

/** 0 for Sunday; the first of January 1970 was a Thursday. */
const weekdayOf = (ms: number): number => mod(Math.floor(ms / DAY_MS) + 4, 7);

/** 1 between the two hours, falling to 0 over half an hour at either end; a bump may go past midnight. */
function bumpAt(hour: number, from: number, to: number): number {
	const length = mod(to - from, 24);
	const since = mod(hour - from + 12 - length / 2, 24) - (12 - length / 2);
	const inside = Math.min(since, length - since);
	return Math.max(0, Math.min(1, 0.5 + inside));
}

/** 0 before and after, 1 in between; rises and falls over RAMP_MS, as a program's load does that starts and ends. */
const rampAt = (sinceMs: number, lengthMs: number): number =>
	Math.max(
		0,
		Math.min(1, sinceMs / RAMP_MS, (lengthMs + RAMP_MS - sinceMs) / RAMP_MS),
	);

/** The count of a Poisson variable from one uniform number, by inversion; at most 20. */
function poisson(rate: number, uniform: number): number {
	let term = Math.exp(-rate);
	let below = term;
	let count = 0;
	while (uniform > below && count < 20) {
		count++;
		term *= rate / count;
		below += term;
	}
	return count;
}

const gaussian = (u: number, v: number): number =>
	Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);

/** Values between the drawn ones at whole numbers, smoothly. */
function smoothNoise(x: number, at: (i: number) => number): number {
	const i = Math.floor(x);
	const part = x - i;
	const eased = part * part * (3 - 2 * part);
	return at(i) * (1 - eased) + at(i + 1) * eased;
}
