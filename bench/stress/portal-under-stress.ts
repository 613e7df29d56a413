import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseConfig } from "../../server/config.ts";
import { createLogger } from "../../server/logger.ts";
import { loadSecrets } from "../../server/secrets.ts";
import { startServer } from "../../server/start-server.ts";

/**
 * The server of the stress bench, in a process of its own: what it needs of its event loop is then its own and not the
 * devices'. It is asked over IPC.
 *
 *   "begin"  forgets what was measured so far
 *   "tell"   is answered with what was measured since
 *   "stop"   stops the server, and the process ends
 */
export interface ServerFigures {
	loopDelayP50Ms: number;
	loopDelayP99Ms: number;
	loopDelayMaxMs: number;
	rssMiB: number;
}
export interface Ready {
	url: string;
	databaseUrl: string;
}

const NS_PER_MS = 1e6;
/** The histogram's own resolution: it cannot see less. */
const RESOLUTION_MS = 10;

const folder = process.argv[2] ?? "";
const server = await startServer({
	config: parseConfig({
		PORT: "0",
		HOST: "127.0.0.1",
		LULL_DATA: folder,
		TRAINING_CPU_PERCENT: process.argv[3] ?? "25",
	}),
	secrets: await loadSecrets(folder, {}),
	log: createLogger("warn"),
	pages: "none",
});
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

process.on("message", async (message) => {
	if (message === "begin") delay.reset();
	if (message === "tell") {
		// The sampler's own interval counts in what it records; what is above it is the delay.
		const beyond = (ns: number) => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
		const figures: ServerFigures = {
			loopDelayP50Ms: beyond(delay.percentile(50)),
			loopDelayP99Ms: beyond(delay.percentile(99)),
			loopDelayMaxMs: beyond(delay.max),
			rssMiB: process.memoryUsage().rss / 2 ** 20,
		};
		process.send?.(figures);
	}
	if (message === "stop") {
		await server.stop();
		process.disconnect?.();
	}
});

const ready: Ready = {
	url: server.url,
	databaseUrl: String(server.services.pool.options.connectionString),
};
process.send?.(ready);
