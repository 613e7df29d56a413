import { monitorEventLoopDelay } from "node:perf_hooks";

/** Timers are checked this often; what is measured is how much later than that they come. */
const RESOLUTION_MS = 10;

/** How late this process's event loop was, in seconds: how long whatever came in had to wait at the least. */
export interface LoopDelay {
	p50: number;
	p99: number;
	max: number;
}

/** Measures from now on; each reading is about the time since the one before. */
export function measureLoopDelay(): { read(): LoopDelay; stop(): void } {
	const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	histogram.enable();
	const late = (nanoseconds: number) =>
		Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1e3);
	return {
		read() {
			const delay = {
				p50: late(histogram.percentile(50)),
				p99: late(histogram.percentile(99)),
				max: late(histogram.max),
			};
			// Before anything was measured its extremes mean nothing.
			const any = histogram.count > 0;
			histogram.reset();
			return any ? delay : { p50: 0, p99: 0, max: 0 };
		},
		stop: () => void histogram.disable(),
	};
}
