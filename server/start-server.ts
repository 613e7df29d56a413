import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ensureFirstAdminCode } from "./accounts/first-admin-code.ts";
import type { ApiServices } from "./api/context.ts";
import { createBuildsElsewhere } from "./builds/builds-elsewhere.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createDatabase } from "./database/db.ts";
import { EmbeddedDatabase } from "./database/embedded-database.ts";
import { migrateDatabase } from "./database/migrate.ts";
import { createAnnouncements } from "./events/announcements.ts";
import { createDeviceNotices } from "./events/device-notices.ts";
import { createEventConnection } from "./events/event-connection.ts";
import { createLoopWakes } from "./events/loop-wakes.ts";
import { createPageEventRelay } from "./events/page-event-relay.ts";
import {
	closePageServer,
	createPageServer,
	onPageGap,
} from "./events/page-server.ts";
import { createProcessChannel } from "./events/process-channel.ts";
import { createUploadReleases } from "./events/upload-releases.ts";
import { operatorRoutes } from "./http/operator-routes.ts";
import { createRequestListener } from "./http/request-listener.ts";
import { type Route, under } from "./http/route.ts";
import type { Logger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import type {
	PageData,
	PortalGateway,
} from "./portal-events/portal-gateway.ts";
import { Predictor } from "./predictor/forecast/predictor.ts";
import { createUseNewestModelLoop } from "./predictor/forecast/use-newest-model-loop.ts";
import { createGatewayRole } from "./roles/gateway-role.ts";
import { createLoopsRole } from "./roles/loops-role.ts";
import { createPortalRole } from "./roles/portal-role.ts";
import type { ProcessParts } from "./roles/process-parts.ts";
import type { Secrets } from "./secrets.ts";
import type { Services } from "./services.ts";
import { createDiskBlobStore } from "./storage/blobs/disk-blob-store.ts";
import { createBlobRoutes } from "./storage/uploads/blob-routes.ts";
import { createThreads } from "./threads/threads.ts";

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
	/** The live pages, if this process has any. */
	portal: Pick<PortalGateway, "followers"> | undefined;
	/** The one-time address for the first super admin, while there is none. */
	firstAdminAddress: string | undefined;
	/** Ends everything in the order that loses nothing; resolves when no process and no socket is left. */
	stop(): Promise<void>;
}

/**
 * Wires the server together and starts it, as much of it as the configuration's roles say: the one place that knows all of
 * its parts. Each role may be a process of its own; they share the database, the blobs and the secrets, and wake and tell
 * each other through server/events.
 */
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
	const parts = await createParts({ config, secrets, log }, stops);
	const { services, http, metrics } = parts;
	const { roles } = config;
	const loops = roles.has("loops") ? createLoopsRole(parts) : undefined;
	const gateway = roles.has("gateway") ? createGatewayRole(parts) : undefined;
	const apiServices: ApiServices = {
		...services,
		builds:
			loops?.builds ?? createBuildsElsewhere(services, parts.announcements),
		predictor: parts.predictor,
	};
	const portal = roles.has("portal")
		? await createPortalRole(parts, apiServices, pages)
		: undefined;
	const running = [portal, gateway, loops].filter((role) => role !== undefined);
	stops.push(async () => {
		for (const role of running) await role.stop();
	});

	const routes: Route[] = [
		...operatorRoutes(config, () => answers(services), metrics),
		// Devices and people fetch and bring files wherever they are connected.
		...(portal || gateway
			? [{ matches: under("/blobs"), handle: createBlobRoutes(services) }]
			: []),
		...running.flatMap((role) => role.routes),
		{
			matches: () => true,
			handle: (_request, response) => response.writeHead(404).end(),
		},
	];
	http.on("request", createRequestListener(routes, config, log));
	for (const role of running) role.attach();
	await listen(http, config);
	for (const role of running) role.start();
	const { port } = http.address() as AddressInfo;
	return {
		url: `http://localhost:${port}`,
		services: apiServices,
		portal: portal?.portal,
		firstAdminAddress: portal && (await ensureFirstAdminCode(services)),
		stop,
	};
}

/** What every process has, whatever its roles; started, so that it hears and is heard before anybody connects. */
async function createParts(
	{ config, secrets, log }: Omit<ServerOptions, "pages">,
	stops: (() => unknown)[],
): Promise<ProcessParts> {
	const { db, pool, url, close } = await openDatabase(
		config,
		secrets,
		log,
		stops,
	);
	stops.push(close);
	const http = createServer({ keepAliveTimeout: 65_000 });
	stops.push(() => closeHttp(http));
	const connection = createEventConnection(url, log);
	stops.push(() => connection.close());
	const channel = createProcessChannel(connection, log);
	stops.push(() => channel.stop());
	const announcements = createAnnouncements(channel, systemClock, log);
	stops.push(() => announcements.stop());
	const servesPages = config.roles.has("portal");
	const pageServer = createPageServer<PageData>(connection, log);
	stops.push(() => closePageServer(pageServer, servesPages));
	const relay = createPageEventRelay(
		pageServer.of("/"),
		announcements,
		servesPages,
	);
	onPageGap(connection, () => relay.resync());
	stops.push(() => relay.stop());
	const services: Services = {
		db,
		pool,
		config,
		secrets,
		log,
		clock: systemClock,
		events: relay,
		deviceNotices: createDeviceNotices(channel),
		wakes: createLoopWakes(channel),
		uploadReleases: createUploadReleases(channel),
		blobs: createDiskBlobStore({
			db,
			folder: join(config.dataFolder, "blobs"),
			secret: secrets.blobSecret,
		}),
	};
	const predictor = new Predictor();
	if (servesPages || config.roles.has("gateway")) {
		const useNewest = createUseNewestModelLoop(services, predictor);
		useNewest.start();
		stops.push(() => useNewest.stop());
	}
	const threads = createThreads();
	stops.push(() => threads.close());
	await channel.start();
	announcements.start();
	return {
		services,
		http,
		metrics: createMetrics(db),
		channel,
		announcements,
		pageServer,
		relay,
		threads,
		predictor,
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
	const database = createDatabase({
		url,
		poolSize: config.databasePoolSize,
		logger: log,
	});
	return { ...database, url };
}

async function answers({ db }: Services): Promise<boolean> {
	await db.$queryRaw`SELECT 1`;
	return true;
}

function listen(http: HttpServer, config: Config): Promise<void> {
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

/** Resolves when no request is being answered any more; idle connections are ended. */
function closeHttp(http: HttpServer): Promise<void> {
	return new Promise((resolve) => void http.close(() => resolve()));
}
