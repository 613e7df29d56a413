import type { AgentLog } from "../core/agent-log.ts";
import type { Platform, Report, ReportAnswer } from "../core/protocol.ts";
import type { ContainerEngine } from "../engine/container-engine.ts";
import type { Images } from "../engine/images.ts";
import type { BlobCache } from "../link/blob-cache.ts";
import type { RateLimit } from "../link/rate-limit.ts";
import type { GuardRecords } from "../state/guard-records.ts";
import type { Identity } from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { RunningTask } from "./running-task.ts";
import type { WantedTasks } from "./wanted-tasks.ts";

/** What the steps need of the server, whichever way it is reached. */
export interface ServerLink {
	/** @throws ServerAway when no answer comes */
	report(report: Report): Promise<ReportAnswer>;
	/** Asks for the list again, with fresh addresses. */
	look(): void;
}

/** Everything a step may use. */
export interface TaskContext {
	state: StateFolder;
	identity: Identity;
	engine: ContainerEngine;
	platform: Platform;
	images: Images;
	blobs: BlobCache;
	/** Downloads have theirs in the blob cache. */
	uploadLimit: RateLimit;
	records: GuardRecords;
	/** Tasks whose containers run, by id. */
	running: Map<string, RunningTask>;
	wanted: WantedTasks;
	server: ServerLink;
	log: AgentLog;
	now(): Date;
}
