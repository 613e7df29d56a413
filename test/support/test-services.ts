import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { ApiServices } from "../../server/api/context.ts";
import {
	type AppVersionBuildLoop,
	createAppVersionBuilds,
} from "../../server/builds/app-version-build-loop.ts";
import { parseConfig } from "../../server/config.ts";
import { createDeviceNotices } from "../../server/events/device-notices.ts";
import { createLoopWakes } from "../../server/events/loop-wakes.ts";
import { createUploadReleases } from "../../server/events/upload-releases.ts";
import { createLogger } from "../../server/logger.ts";
import { Predictor } from "../../server/predictor/forecast/predictor.ts";
import { createRunTimeLearner } from "../../server/scheduler/run-time-learner.ts";
import { loadSecrets } from "../../server/secrets.ts";
import { createDiskBlobStore } from "../../server/storage/blobs/disk-blob-store.ts";
import { createThreads, type Threads } from "../../server/threads/threads.ts";
import type { ReportServices } from "../../server/work-units/tasks/take-report.ts";
import {
	createPageEventRecorder,
	type PageEventRecorder,
} from "./page-event-recorder.ts";
import type { TestDatabase } from "./test-database.ts";

/** What procedures, reports and loops are given, with a clock that is held. */
export interface TestServices extends ApiServices, ReportServices {
	clock: HeldClock;
	events: PageEventRecorder;
	builds: AppVersionBuildLoop;
	predictor: Predictor;
	threads: Threads;
}

/** The only server process there is. */
const nobodyElse = { send: () => undefined, on: () => () => undefined };

/** A clock that stands still until a test moves it. */
export interface HeldClock {
	now(): Date;
	advance(milliseconds: number): void;
}

export function heldClock(start = new Date()): HeldClock {
	let time = start.getTime();
	return {
		now: () => new Date(time),
		advance(milliseconds) {
			time += milliseconds;
		},
	};
}

/**
 * Gives the test file that calls it real services on its own database and its own data folder, with a clock that is
 * held. Read them inside tests.
 */
export function testServices(
	database: TestDatabase,
	variables: Record<string, string> = {},
): () => TestServices {
	let services: TestServices | undefined;
	let folder: string | undefined;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-test-"));
		const secrets = await loadSecrets(folder, {});
		const parts = {
			db: database.db,
			pool: database.pool,
			config: parseConfig({ ...variables, LULL_DATA: folder }),
			secrets,
			clock: heldClock(),
			log: createLogger("silent"),
			events: createPageEventRecorder(),
			deviceNotices: createDeviceNotices(nobodyElse),
			wakes: createLoopWakes(nobodyElse),
			uploadReleases: createUploadReleases(nobodyElse),
			predictor: new Predictor(),
			threads: createThreads(),
			blobs: createDiskBlobStore({
				db: database.db,
				folder: join(folder, "blobs"),
				secret: secrets.blobSecret,
			}),
		};
		services = {
			...parts,
			builds: createAppVersionBuilds({
				...parts,
				announcements: { set: () => undefined },
			}),
			runTimes: createRunTimeLearner(parts),
		};
	});
	afterAll(async () => {
		await services?.threads.close();
		if (folder) await rm(folder, { recursive: true, force: true });
	});
	return () => {
		if (!services) throw new Error("The services are there inside tests only.");
		return services;
	};
}
