import type { Logger } from "../logger.ts";

/** A job that is done again and again until it is stopped. */
export interface RepeatingLoop {
	start(): void;
	/** Do it soon (see gatherMs), or once more right after the run that is under way. */
	poke(): void;
	/** Resolves when the run that is under way has ended; none begins after. */
	stop(): Promise<void>;
}

export interface LoopOptions {
	/** For the log. */
	name: string;
	/** The pause between the end of a run and the next. */
	intervalMs: number;
	/** The shortest pause before a run that was poked for or that has more to do: what comes meanwhile is gathered. */
	gatherMs?: number;
	log: Logger;
	/** One run. `true` when there is more to do at once. */
	run: () => Promise<unknown>;
}

/** After failures the pause doubles up to this, so that a database that is away is not hammered. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs never overlap. A run that fails is logged and tried again after a growing pause: a loop never ends by itself.
 */
export function createRepeatingLoop({
	name,
	intervalMs,
	gatherMs = 0,
	log,
	run,
}: LoopOptions): RepeatingLoop {
	let stopped = false;
	let poked = false;
	let failures = 0;
	let timer: NodeJS.Timeout | undefined;
	let current: Promise<void> | undefined;

	const pauseBeforeNext = (more: boolean): number => {
		if (failures > 0)
			return Math.min(
				LONGEST_PAUSE_MS,
				Math.max(intervalMs, 100) * 2 ** Math.min(failures, 10),
			);
		return more || poked ? gatherMs : intervalMs;
	};
	const once = async (): Promise<void> => {
		let more = false;
		poked = false;
		try {
			more = (await run()) === true;
			failures = 0;
		} catch (error) {
			failures++;
			log.error(
				{ err: error, loop: name, failures },
				"A run failed; it is tried again.",
			);
		}
		current = undefined;
		schedule(pauseBeforeNext(more));
	};
	const schedule = (pauseMs: number) => {
		clearTimeout(timer);
		if (stopped) return;
		timer = setTimeout(() => {
			current = once();
		}, pauseMs);
	};
	return {
		start: () => schedule(0),
		poke() {
			// A run that is under way sees it at its end; one that waits after failures is not hurried.
			if (poked || failures > 0) return;
			poked = true;
			if (!current) schedule(gatherMs);
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await current;
		},
	};
}
