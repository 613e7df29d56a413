import type { AgentLog } from "../core/agent-log.ts";
import type { ContainerEngine } from "../engine/container-engine.ts";
import type { Images } from "../engine/images.ts";
import type { GuardRecords } from "../state/guard-records.ts";
import type { Identity } from "../state/identity.ts";
import type { StateFolder } from "../state/state-folder.ts";

/** What is on the device of ours, as the guard gets at it. */
export interface GuardContext {
	state: StateFolder;
	identity: Identity;
	engine: ContainerEngine;
	images: Images;
	/** Downloads, of which the owner wants nothing left. */
	blobs: { sweep(now: Date, options: { all: boolean }): Promise<void> };
	records: GuardRecords;
	log: AgentLog;
	now(): Date;
}
