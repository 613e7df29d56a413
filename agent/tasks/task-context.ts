import type { AgentLog } from "../core/agent-log.ts";
import type { WantedTask } from "../core/plan.ts";
import type { Platform, Report, ReportAnswer } from "../core/protocol.ts";
import type { CgroupReader } from "../engine/cgroups.ts";
import type { Engine } from "../engine/engine.ts";
import type { Freezer } from "../engine/freezer.ts";
import type { Images } from "../engine/images.ts";
import type { BlobCache } from "../link/blob-cache.ts";
import type { RateLimit } from "../link/rate-limit.ts";
import type { GuardRecords } from "../state/guard-records.ts";
import type { Identity } from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { RunningTask } from "./running-task.ts";

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
	engine: Engine;
	platform: Platform;
	images: Images;
	blobs: BlobCache;
	/** Downloads have theirs in the blob cache. */
	uploadLimit: RateLimit;
	cgroups: CgroupReader;
	freezer: Freezer;
	records: GuardRecords;
	/** Tasks whose containers run, by id. */
	running: Map<string, RunningTask>;
	/** What the server has said last of this task, with the freshest addresses. */
	findWanted(taskId: string): WantedTask | undefined;
	/** Tasks that the server has nothing more to ask about. */
	finished: Set<string>;
	sandbox: {
		/** `uid:gid` of every container. */
		user: string;
		cgroupParent: string | undefined;
		/** Turned off when the engine turns out to have no I/O weights. */
		ioWeight: boolean;
	};
	server: ServerLink;
	log: AgentLog;
	now(): Date;
}
