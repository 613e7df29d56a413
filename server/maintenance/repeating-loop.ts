import type { Logger } from "../logger.ts";

/** A job that is done again and again until it is stopped. */
export interface RepeatingLoop {
	start(): void;
	/** Do it now, or once more right after the run that is under way. */
	poke(): void;
	/** Resolves when the run that is under way has ended; none begins after. */
	stop(): Promise<void>;
}

export interface LoopOptions {
	/** For the log. */
	name: string;
	/** The pause between the end of a run and the next. */
	intervalMs: number;
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
	log,
	run,
}: LoopOptions): RepeatingLoop {
	let stopped = false;
	let poked = false;
	let failures = 0;
	let timer: NodeJS.Timeout | undefined;
	let current: Promise<void> | undefined;

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
		if (stopped) return;
		const pause =
			failures > 0
				? Math.min(
						LONGEST_PAUSE_MS,
						Math.max(intervalMs, 100) * 2 ** Math.min(failures, 10),
					)
				: intervalMs;
		if (failures === 0 && (more || poked)) begin();
		else timer = setTimeout(begin, pause);
	};
	const begin = () => {
		clearTimeout(timer);
		if (!stopped && !current)
			current = new Promise((resolve) =>
				setImmediate(() => once().then(resolve)),
			);
	};
	return {
		start: begin,
		poke() {
			poked = true;
			if (failures === 0) begin();
		},
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await current;
		},
	};
}
