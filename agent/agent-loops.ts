import type { AgentParts } from "./agent-parts.ts";
import { sentenceOf } from "./core/agent-error.ts";
import { repeatEvery } from "./core/repeat-every.ts";
import { sweepLeftovers } from "./tasks/sweep-leftovers.ts";
import { tidyMemory } from "./tidy-memory.ts";

const SWEEP_EVERY_MS = 3_600_000;
/** What the owner wanted gone and the engine would not let go is tried again. */
const UNFINISHED_EVERY_MS = 10_000;
/** A new disk, a new engine: looked up daily. The benchmark itself is repeated when a week is over. */
const MEASURE_EVERY_MS = 86_400_000;

/**
 * Starts everything that an agent does again and again. None of the loops ends before the signal, whatever fails in
 * it, and each has ended when its promise resolves.
 */
export function startAgentLoops(
	parts: AgentParts,
	end: AbortSignal,
): Promise<unknown>[] {
	const { context, guard } = parts;
	const every = (ms: number, work: () => Promise<void>) =>
		repeatEvery(ms, work, end, (error) => context.log.warn(sentenceOf(error)));
	return [
		parts.watch.run(),
		guard.run(end),
		parts.looks.run(end),
		parts.telemetry.run(end),
		parts.feed.run(end),
		tidyMemory(end),
		every(SWEEP_EVERY_MS, () => sweep(parts)),
		every(UNFINISHED_EVERY_MS, () => guard.finishYoursNow()),
		every(MEASURE_EVERY_MS, () => measure(parts)),
	];
}

async function sweep({ context }: AgentParts): Promise<void> {
	await sweepLeftovers(context);
	await context.images.listIds();
}

async function measure({ measurer, connection }: AgentParts): Promise<void> {
	connection.measurements(await measurer.measure(new Date()));
}
