import type pg from "pg";
import type { Logger } from "pino";
import type { AppVersionBuilds } from "./builds/app-version-build-loop.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Db } from "./database/db.ts";
import type { PortalEventBus } from "./events/portal-event-bus.ts";
import type { Predictor } from "./predictor/forecast/predictor.ts";
import type { RunTimeLearner } from "./scheduler/run-time-learner.ts";
import type { Secrets } from "./secrets.ts";
import type { BlobStore } from "./storage/blobs/blob-store.ts";

/** What the parts of the server are given instead of reaching for it. Wired once, in main.ts. */
export interface Services {
	db: Db;
	/** The same database for what Prisma cannot do: COPY, streams of rows. */
	pool: pg.Pool;
	config: Config;
	secrets: Secrets;
	clock: Clock;
	log: Logger;
	events: PortalEventBus;
	blobs: BlobStore;
	/** Makes the images of app versions. */
	builds: AppVersionBuilds;
	/** Learns how long tasks run. */
	runTimes: Pick<RunTimeLearner, "note">;
	/** Makes forecasts with the newest model. */
	predictor: Predictor;
}
