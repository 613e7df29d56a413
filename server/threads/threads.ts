import { ThreadLane } from "./thread-lane.ts";

/**
 * All threads of this process: nothing that may take longer than a few milliseconds is done where requests and devices
 * are answered. One lane for each kind of work, so that none waits for another kind, least of all for what strangers
 * sent. Threads come when there is work and go when there was none for a while.
 */
export interface Threads {
	/** Reads and compares results: strangers' files, so that its memory is small. Two threads, so that no project fills both. */
	compare: ThreadLane;
	/** Places many tasks on many devices. */
	place: ThreadLane;
	/** Ends all that runs; resolves when no thread is left. */
	close(): Promise<void>;
}

/** Nothing runs yet: threads begin with their first job. */
export function createThreads(): Threads {
	const lanes = {
		compare: new ThreadLane({
			threads: 2,
			memoryMiB: 128,
			mostWaiting: 1_000,
			idleMs: 30_000,
			nice: 5,
		}),
		place: new ThreadLane({
			threads: 1,
			memoryMiB: 512,
			mostWaiting: 10,
			idleMs: 60_000,
			nice: 0,
		}),
	};
	return {
		...lanes,
		async close() {
			await Promise.all(Object.values(lanes).map((lane) => lane.close()));
		},
	};
}
