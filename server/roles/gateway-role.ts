import { Server as SocketServer } from "socket.io";
import { v7 as uuidv7 } from "uuid";
import { createGuardMetrics } from "../devices/guard/guard-metrics.ts";
import { createAgentGateway } from "../gateway/agent-gateway.ts";
import { createStrangerLimit } from "../gateway/stranger-limit.ts";
import { addCountGauge } from "../metrics.ts";
import { createForecastLoop } from "../predictor/forecast/forecast-loop.ts";
import { LiveForecasts } from "../predictor/forecast/live-forecasts.ts";
import { createPlacementLoop } from "../scheduler/placement-loop.ts";
import { RunTimeBook } from "../scheduler/run-time-book.ts";
import { createRunTimeLearner } from "../scheduler/run-time-learner.ts";
import type { ProcessParts, Role } from "./process-parts.ts";

/** A report and its small outputs, of a device that has said who it is; what is bigger is uploaded. */
const MOST_BYTES_OF_A_MESSAGE = 24 * 1024 * 1024;

/**
 * Devices' end of the server: their sessions, and what is decided about the devices that are connected here, forecasts and
 * placements. Other processes do the same for theirs.
 */
export function createGatewayRole({
	services,
	http,
	metrics,
	channel,
	announcements,
	predictor,
	threads,
}: ProcessParts): Role {
	const io = new SocketServer({
		maxHttpBufferSize: MOST_BYTES_OF_A_MESSAGE,
		serveClient: false,
		destroyUpgrade: false,
		// For the limit of strangers.
		allowUpgrades: false,
	});
	const strangers = createStrangerLimit();
	const serverId = uuidv7();
	const runTimeBook = new RunTimeBook(services);
	const runTimes = createRunTimeLearner(services, () => runTimeBook.look());
	const countGuardActions = createGuardMetrics(metrics);
	const gateway = createAgentGateway(
		{ ...services, runTimes, announcements, strangers },
		io,
		serverId,
		{
			offersChanged() {
				placement.poke();
				forecasts.poke();
			},
			reportsArrived: () => services.wakes.wake("reviews"),
			guardActed: countGuardActions,
		},
	);
	addCountGauge(
		metrics,
		"lull_agent_sessions",
		"Devices connected to this process",
		() => gateway.sessions.list().length,
	);
	const book = new LiveForecasts();
	const placement = createPlacementLoop({
		services,
		gateway,
		forecasts: book,
		runTimes: runTimeBook,
		lane: threads.place,
		serverId,
	});
	const forecasts = createForecastLoop(
		services,
		gateway.sessions,
		predictor,
		book,
		() => placement.poke(),
	);
	const stopHearing = services.wakes.onWake("placement", () =>
		placement.poke(),
	);
	channel.onGap(() => {
		gateway.refresh();
		placement.poke();
	});
	const loops = [placement, runTimes, forecasts];
	return {
		routes: [],
		attach() {
			io.attach(http);
			strangers.watch(io);
		},
		start() {
			gateway.start();
			for (const loop of loops) loop.start();
		},
		async stop() {
			stopHearing();
			await gateway.stop();
			await Promise.all(loops.map((loop) => loop.stop()));
			await io.close();
		},
	};
}
