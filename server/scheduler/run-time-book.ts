import { isDeepStrictEqual } from "node:util";
import type { Services } from "../services.ts";
import { NO_RECORD, type RunTimeRecord } from "./estimate-run-time.ts";
import { listRunTimeRows } from "./run-time-store.ts";

/** What was learned since the last look is read after this, or when the learner here says that there is something. */
const LOOK_MS = 10_000;
/** Other processes' clocks may be so far behind ours. */
const CLOCKS_APART_MS = 60_000;
/** Everything is read again after this: devices that are gone are forgotten with it. */
const READ_ALL_MS = 3_600_000;
/** A version that nobody asked about for so long is forgotten. */
const UNUSED_MS = 300_000;

interface Version {
	all: RunTimeRecord;
	byDevice: Map<string, RunTimeRecord>;
	log: string[];
	allReadAt: number;
	readAt: number;
	usedAt: number;
}

/**
 * How long tasks of app versions take on devices, kept in memory: ten thousand devices have as many records for each
 * version, and a tick has no time to read them. What is learned comes in within seconds, by its time.
 */
export class RunTimeBook {
	readonly #services: Pick<Services, "db" | "clock">;
	readonly #versions = new Map<string, Version>();
	#stale = false;

	constructor(services: Pick<Services, "db" | "clock">) {
		this.#services = services;
	}

	/** Something was learned here. */
	look(): void {
		this.#stale = true;
	}

	/** The records of these versions, and of some others. */
	async of(
		appVersionIds: ReadonlySet<string>,
	): Promise<ReadonlyMap<string, Version>> {
		const now = this.#services.clock.now().getTime();
		for (const [id, version] of this.#versions) {
			if (appVersionIds.has(id)) version.usedAt = now;
			else if (now - version.usedAt > UNUSED_MS) this.#versions.delete(id);
		}
		const old = [...this.#versions].filter(
			([id, { readAt }]) =>
				appVersionIds.has(id) && (this.#stale || now - readAt >= LOOK_MS),
		);
		const whole = [...appVersionIds].filter((id) => {
			const version = this.#versions.get(id);
			return !version || now - version.allReadAt >= READ_ALL_MS;
		});
		this.#stale = false;
		await this.#read(whole, undefined, now);
		const changed = old.flatMap(([id]) => (whole.includes(id) ? [] : id));
		const since = Math.min(...old.map(([, { readAt }]) => readAt));
		await this.#read(changed, new Date(since - CLOCKS_APART_MS), now);
		return this.#versions;
	}

	async #read(
		appVersionIds: readonly string[],
		since: Date | undefined,
		now: number,
	): Promise<void> {
		if (appVersionIds.length === 0) return;
		const rows = await listRunTimeRows(this.#services.db, appVersionIds, since);
		for (const id of appVersionIds) {
			const known = since && this.#versions.get(id);
			if (known) known.readAt = now;
			else
				this.#versions.set(id, {
					all: NO_RECORD,
					byDevice: new Map(),
					log: [],
					allReadAt: now,
					readAt: now,
					usedAt: now,
				});
		}
		for (const { appVersionId, deviceId, ...record } of rows) {
			const version = this.#versions.get(appVersionId);
			if (!version) continue;
			const before = version.byDevice.get(deviceId) ?? NO_RECORD;
			if (isDeepStrictEqual(before, record)) continue;
			version.byDevice.set(deviceId, record);
			version.log.push(deviceId);
			version.all = {
				count: version.all.count - before.count + record.count,
				logSum: version.all.logSum - before.logSum + record.logSum,
				logSquareSum:
					version.all.logSquareSum - before.logSquareSum + record.logSquareSum,
			};
		}
	}
}
