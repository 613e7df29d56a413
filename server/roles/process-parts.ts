import type { Server as HttpServer } from "node:http";
import type { Registry } from "prom-client";
import type { Announcements } from "../events/announcements.ts";
import type { PageEventRelay } from "../events/page-event-relay.ts";
import type { PageServer } from "../events/page-socket.ts";
import type { ProcessChannel } from "../events/process-channel.ts";
import type { Route } from "../http/route.ts";
import type { PageData } from "../portal-events/portal-gateway.ts";
import type { Predictor } from "../predictor/forecast/predictor.ts";
import type { Services } from "../services.ts";
import type { Threads } from "../threads/threads.ts";

/** What every server process has, whatever its roles, and their roles are wired to. */
export interface ProcessParts {
	services: Services;
	http: HttpServer;
	metrics: Registry;
	channel: ProcessChannel;
	announcements: Announcements;
	pageServer: PageServer<PageData>;
	relay: PageEventRelay;
	/** For what would hold the event loop. */
	threads: Threads;
	/** Forecasts with the newest model, where one of the roles needs it. */
	predictor: Predictor;
}

/** A part of the server that may be a process of its own. */
export interface Role {
	/** What it answers, beside what every process answers operators. */
	routes: Route[];
	/** Takes the requests that are for its sockets from those who answer `http` so far. */
	attach(): void;
	start(): void;
	/** What is under way is finished; what comes after is another process's. */
	stop(): Promise<void>;
}
