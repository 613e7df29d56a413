import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { measureLoopDelay } from "../server/loops/loop-delay.ts";
import {
	type PlacementQuestion,
	planPlacements,
} from "../server/scheduler/plan-placements.ts";
import { Planner } from "../server/scheduler/planner.ts";
import { createThreads } from "../server/threads/threads.ts";
import { askAboutMany } from "./placement/made-up-network.ts";

/**
 * How long it takes to place many tasks on many devices, and how long everything else in the process waits meanwhile.
 * The plan alone, without the database: made here, made by a thread that must be told of all devices first, and made by
 * one that knows them and hears of the tenth that has changed. Times in milliseconds.
 *
 *   npm run bench -- placement [--devices 1000,10000] [--tasks 4000] [--rounds 10] [--json]
 */
const { values } = parseArgs({
	options: {
		devices: { type: "string", default: "1000,10000" },
		tasks: { type: "string", default: "4000" },
		rounds: { type: "string", default: "10" },
		json: { type: "boolean", default: false },
	},
});

interface Measured {
	planMs: number;
	loopDelayP99Ms: number;
	loopDelayMaxMs: number;
}

async function main(): Promise<void> {
	for (const devices of values.devices.split(",").map(Number)) {
		const question = askAboutMany(devices, Number(values.tasks), new Date());
		const threads = createThreads();
		try {
			const planner = new Planner(threads.place);
			// The thread is there and has been told of a network, as when the server has run for a while.
			await planner.plan(askAboutMany(100, 1_000, new Date()));
			const result = {
				devices,
				tasks: question.tasks.length,
				placed: planPlacements(question, Math.random).placements.length,
				here: await measure(1, async () =>
					planPlacements(question, Math.random),
				),
				told: await measure(1, () => planner.plan(question)),
				known: await measure(Number(values.rounds), (round) =>
					planner.plan(changeSome(question, round)),
				),
			};
			console.log(values.json ? JSON.stringify(result) : result);
		} finally {
			await threads.close();
		}
	}
}

/** A tenth of the devices have another forecast. */
const changeSome = (
	question: PlacementQuestion,
	round: number,
): PlacementQuestion => ({
	...question,
	offers: question.offers.map((offer, i) =>
		i % 10 === round % 10 && offer.forecasts
			? { ...offer, forecasts: { ...offer.forecasts } }
			: offer,
	),
});

async function measure(
	rounds: number,
	work: (round: number) => Promise<unknown>,
): Promise<Measured> {
	const delay = measureLoopDelay();
	// What comes before the second tick of its timer is not seen.
	await sleep(50);
	const begun = performance.now();
	for (let round = 0; round < rounds; round++) await work(round);
	const planMs = (performance.now() - begun) / rounds;
	// What held the loop until now is seen by the next timer.
	await sleep(20);
	const { p99, max } = delay.read();
	delay.stop();
	return {
		planMs: Math.round(planMs),
		loopDelayP99Ms: Math.round(p99 * 1e3),
		loopDelayMaxMs: Math.round(max * 1e3),
	};
}

await main();
