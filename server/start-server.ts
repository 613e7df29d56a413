import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Server as SocketServer } from "socket.io";
import { v7 as uuidv7 } from "uuid";
import { createAuthenticator } from "./accounts/authenticate-request.ts";
import { ensureFirstAdminCode } from "./accounts/first-admin-code.ts";
import { createForgetEndedSessionsLoop } from "./accounts/forget-ended-sessions-loop.ts";
import { mountNextAuth } from "./accounts/mount-next-auth.ts";
import { restRoutes, trpcRoute } from "./api/api-routes.ts";
import { type ApiServices, createContext } from "./api/context.ts";
import { createAppVersionBuilds } from "./builds/app-version-build-loop.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createDatabase } from "./database/db.ts";
import { EmbeddedDatabase } from "./database/embedded-database.ts";
import { migrateDatabase } from "./database/migrate.ts";
import { createAgentInstallRoutes } from "./devices/enrolment/agent-install-routes.ts";
import { createForgetGuardRecordsLoop } from "./devices/guard/forget-guard-records-loop.ts";
import { createGuardMetrics } from "./devices/guard/guard-metrics.ts";
import { createMarkSilentDevicesLoop } from "./devices/mark-silent-devices-loop.ts";
import { createDeviceNotices } from "./events/device-notices.ts";
import { createPortalEventBus } from "./events/portal-event-bus.ts";
import { createAgentGateway } from "./gateway/agent-gateway.ts";
import { operatorRoutes } from "./http/operator-routes.ts";
import { type Pages, startPages } from "./http/pages.ts";
import { createRequestListener } from "./http/request-listener.ts";
import { type Route, under } from "./http/route.ts";
import type { Logger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { createPortalGateway } from "./portal-events/portal-gateway.ts";
import { createForecastLoop } from "./predictor/forecast/forecast-loop.ts";
import { LiveForecasts } from "./predictor/forecast/live-forecasts.ts";
import { Predictor } from "./predictor/forecast/predictor.ts";
import { createTrainPredictorLoop } from "./predictor/learn/train-predictor-loop.ts";
import { createScoreForecastsLoop } from "./predictor/score/score-forecasts-loop.ts";
import { addForecastMetrics } from "./predictor/view/forecast-metrics.ts";
import { createPlacementLoop } from "./scheduler/placement-loop.ts";
import { createRunTimeLearner } from "./scheduler/run-time-learner.ts";
import type { Secrets } from "./secrets.ts";
import type { Services } from "./services.ts";
import { createDiskBlobStore } from "./storage/blobs/disk-blob-store.ts";
import { createBlobRoutes } from "./storage/uploads/blob-routes.ts";
import { createCollectGarbageLoop } from "./storage/uploads/collect-garbage-loop.ts";
import { createForgetOldDutyLoop } from "./telemetry/forget-old-duty-loop.ts";
import { createThreads } from "./threads/threads.ts";
import {
	createResultsArchiveRoute,
	isResultsAddress,
} from "./work-units/results/results-archive-route.ts";
import { createReviewLoop } from "./work-units/review/review-loop.ts";
import { createReviewSilentDevicesLoop } from "./work-units/review/review-silent-devices-loop.ts";
import { createForgetTaskUploadsLoop } from "./work-units/tasks/forget-task-uploads-loop.ts";

export interface ServerOptions {
	config: Config;
	secrets: Secrets;
	log: Logger;
	/** Without pages only the API, the sockets and the blobs are served. */
	pages: "built" | "dev" | "none";
}

export interface RunningServer {
	/** Where it listens. */
	url: string;
	services: ApiServices;
	/** The one-time address for the first super admin, while there is none. */
	firstAdminAddress: string | undefined;
	/** Ends everything in the order that loses nothing; resolves when no process and no socket is left. */
	stop(): Promise<void>;
}

/** Wires the server together and starts it: the one place that knows all of its parts. */
export async function startServer({
	config,
	secrets,
	log,
	pages,
}: ServerOptions): Promise<RunningServer> {
	const stops: (() => Promise<unknown> | unknown)[] = [];
	const stop = async () => {
		for (const step of stops.splice(0).reverse())
			await Promise.resolve()
				.then(step)
				.catch((error: unknown) =>
					log.error({ err: error }, "Something did not stop cleanly."),
				);
	};
	try {
		return await start({ config, secrets, log, pages }, stops, stop);
	} catch (error) {
		await stop();
		throw error;
	}
}

async function start(
	{ config, secrets, log, pages }: ServerOptions,
	stops: (() => unknown)[],
	stop: () => Promise<void>,
): Promise<RunningServer> {
	const { db, pool, close } = await openDatabase(config, secrets, log, stops);
	stops.push(close);
	const services: Services = {
		db,
		pool,
		config,
		secrets,
		log,
		clock: systemClock,
		events: createPortalEventBus(),
		blobs: createDiskBlobStore({
			db,
			folder: join(config.dataFolder, "blobs"),
			secret: secrets.blobSecret,
		}),
	};
	const threads = createThreads();
	stops.push(() => threads.close());
	const runTimes = createRunTimeLearner(services);
	const builds = createAppVersionBuilds(services);
	const predictor = new Predictor();
	const apiServices: ApiServices = { ...services, builds, predictor };
	const authenticate = createAuthenticator(services);
	const http = createServer({ keepAliveTimeout: 65_000 });
	const io = new SocketServer({
		maxHttpBufferSize: 24 * 1024 * 1024,
		serveClient: false,
		destroyUpgrade: false,
	});
	const gateway = createAgentGateway({ ...services, runTimes }, io, uuidv7(), {
		offersChanged: () => {
			placement.poke();
			forecasts.poke();
		},
		reportsArrived: () => reviews.poke(),
		guardActed: (records) => countGuardActions(records),
	});
	const metrics = createMetrics(db, () => gateway.sessions.list().length);
	const countGuardActions = createGuardMetrics(metrics);
	addForecastMetrics(metrics, services);
	const book = new LiveForecasts();
	const placement = createPlacementLoop(services, gateway, book);
	const forecasts = createForecastLoop(
		services,
		gateway.sessions,
		predictor,
		book,
		() => placement.poke(),
	);
	const reviews = createReviewLoop(services, threads.compare, (deviceIds) =>
		gateway.wanted.schedule(deviceIds),
	);
	const portal = createPortalGateway(services, io, authenticate);

	const site: Pages | undefined =
		pages === "none" ? undefined : await startPages(pages === "dev");
	if (site) stops.push(() => site.stop());
	const makeContext = (request: Parameters<typeof createContext>[2]) =>
		createContext(apiServices, authenticate, request);
	const routes: Route[] = [
		...operatorRoutes(config, () => answers(services), metrics),
		trpcRoute(makeContext, log),
		...restRoutes(makeContext, log),
		{ matches: under("/api/auth"), handle: mountNextAuth(services) },
		{ matches: under("/blobs"), handle: createBlobRoutes(services) },
		{
			matches: isResultsAddress,
			handle: createResultsArchiveRoute(services, authenticate),
		},
		...createAgentInstallRoutes(services),
		{
			matches: () => site !== undefined,
			handle: (request, response) => site?.handle(request, response),
		},
		{
			matches: () => true,
			handle: (_request, response) => response.writeHead(404).end(),
		},
	];
	http.on("request", createRequestListener(routes, config, log));
	// Last, so that it takes its own requests from the listener above.
	io.attach(http);

	const loops = [
		builds,
		placement,
		runTimes,
		forecasts,
		createScoreForecastsLoop(services),
		createTrainPredictorLoop(services, predictor),
		reviews,
		createMarkSilentDevicesLoop(services),
		createReviewSilentDevicesLoop(services, reviews),
		createCollectGarbageLoop(services),
		createForgetTaskUploadsLoop(services),
		createForgetEndedSessionsLoop(services),
		createForgetGuardRecordsLoop(services),
		createForgetOldDutyLoop(services),
		createDeviceNotices(services),
	];
	await listen(http, config);
	stops.push(async () => {
		portal.stop();
		await gateway.stop();
		await Promise.all(loops.map((loop) => loop.stop()));
		await io.close();
	});
	gateway.start();
	for (const loop of loops) loop.start();
	const { port } = http.address() as AddressInfo;
	return {
		url: `http://localhost:${port}`,
		services: apiServices,
		firstAdminAddress: await ensureFirstAdminCode(services),
		stop,
	};
}

/** The embedded database, or the one that DATABASE_URL names; migrated. */
async function openDatabase(
	config: Config,
	secrets: Secrets,
	log: Logger,
	stops: (() => unknown)[],
) {
	let url = config.databaseUrl;
	if (!url) {
		const embedded = await EmbeddedDatabase.start({
			folder: join(config.dataFolder, "postgres"),
			password: secrets.databasePassword,
			logger: log,
		});
		stops.push(() => embedded.stop());
		url = embedded.url;
	}
	await migrateDatabase(url);
	return createDatabase({
		url,
		poolSize: config.databasePoolSize,
		logger: log,
	});
}

async function answers({ db }: Services): Promise<boolean> {
	await db.$queryRaw`SELECT 1`;
	return true;
}

function listen(
	http: ReturnType<typeof createServer>,
	config: Config,
): Promise<void> {
	return new Promise((resolve, reject) => {
		http.once("error", (error: NodeJS.ErrnoException) =>
			reject(
				error.code === "EADDRINUSE"
					? new Error(`Port ${config.port} is taken. Set PORT to another one.`)
					: error,
			),
		);
		http.listen(config.port, config.host, resolve);
	});
}
