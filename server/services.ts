import type pg from "pg";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Db } from "./database/db.ts";
import type { PortalEventBus } from "./events/portal-event-bus.ts";
import type { Logger } from "./logger.ts";
import type { Secrets } from "./secrets.ts";
import type { BlobStore } from "./storage/blobs/blob-store.ts";

/** What the parts of the server are given instead of reaching for it. Wired once, in start-server.ts. */
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
}
