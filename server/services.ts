import type pg from "pg";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Db } from "./database/db.ts";
import type { DeviceNotices } from "./events/device-notices.ts";
import type { LoopWakes } from "./events/loop-wakes.ts";
import type { PageEvents } from "./events/page-events.ts";
import type { UploadReleases } from "./events/upload-releases.ts";
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
	/** For live pages. */
	events: PageEvents;
	/** For the processes that devices are connected to. */
	deviceNotices: DeviceNotices;
	/** For loops, in whichever process they are. */
	wakes: LoopWakes;
	/** For whoever holds an upload. */
	uploadReleases: UploadReleases;
	blobs: BlobStore;
}
