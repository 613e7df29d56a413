import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CgroupCounters } from "./cgroup-counters.ts";
import { cgroupFile, parentCgroup } from "./cgroup-paths.ts";
import type { ContainerEngine, Freezer } from "./container-engine.ts";

/** The kernel stops a container within a millisecond unless a program in it waits for a disk. */
const CONFIRM_MS = 500;
const CONFIRM_EVERY_MS = 3;
/** So many readings in a row without any use of the processor. */
const STILL = 4;
/** A kill is on its way into a frozen container for so long at the most; then it thaws and dies of it. */
const PENDING_MS = 80;
/** How much of one core a container may use that is thawed for its last words while the owner is busy. */
const LAST_WORDS_CORES = 0.25;
const PERIOD_US = 100_000;

/** How the engine itself does it, where we may not. */
type EnginePause = Pick<ContainerEngine, "pause" | "unpause">;

/**
 * Freezes each container by the freezer of its own cgroup, a write that takes microseconds; where we may not write
 * there, by the engine's `pause`. One freezer for each and not one for all, so that one of them can be thawed for its
 * checkpoint, or to be removed, while the others stay frozen.
 *
 * What must stay true: whatever is frozen is in `#frozen` with the way that it was frozen by, since that is the only
 * way to thaw it; and what is in `#leaving` is never frozen, however often everything is, or a kill that is on its way
 * would wait for ever.
 */
export class CgroupFreezer implements Freezer {
	readonly #cgroups: CgroupCounters;
	readonly #engine: EnginePause;
	readonly #frozen = new Map<string, "cgroup" | "engine">();
	/** Those that are on their way out, which stay thawed. */
	readonly #leaving = new Set<string>();

	constructor(cgroups: CgroupCounters, engine: EnginePause) {
		this.#cgroups = cgroups;
		this.#engine = engine;
	}

	get isDirect(): boolean {
		const { setting } = this.#cgroups;
		if (!parentCgroup(setting)) return false;
		try {
			accessSync(cgroupFile(setting, "freezer", "/", ""), constants.W_OK);
			return true;
		} catch {
			return false;
		}
	}

	isFrozen(id: string): boolean {
		return this.#frozen.has(id);
	}

	async freeze(ids: readonly string[]): Promise<string[]> {
		const now = await Promise.all(
			ids.map((id) => this.#freezeOne(id).catch(() => false)),
		);
		return ids.filter((_, at) => now[at]);
	}

	async thawAll(): Promise<void> {
		await Promise.all([...this.#frozen.keys()].map((id) => this.#thawOne(id)));
	}

	async adopt(ids: readonly string[]): Promise<string[]> {
		for (const id of ids)
			if (await this.#readsFrozen(id)) this.#frozen.set(id, "cgroup");
		return [...this.#frozen.keys()];
	}

	keepOnly(ids: ReadonlySet<string>): void {
		for (const id of this.#frozen.keys())
			if (!ids.has(id)) this.#frozen.delete(id);
	}

	/**
	 * Carries out what ends a container, frozen or not. A program in a frozen cgroup does not die of a kill before it
	 * is thawed; with the kill on its way it does not get to run any of its own code then.
	 */
	async letDie<T>(id: string, end: () => Promise<T>): Promise<T> {
		this.#leaving.add(id);
		try {
			const ending = end();
			ending.catch(() => {}); // it is awaited below
			if (this.#frozen.has(id)) {
				await Promise.race([ending.catch(() => {}), sleep(PENDING_MS)]);
				await this.#thawOne(id);
			}
			return await ending;
		} finally {
			this.#leaving.delete(id);
		}
	}

	async letSpeak<T>(id: string, work: () => Promise<T>): Promise<T> {
		this.#leaving.add(id);
		try {
			if (this.#frozen.has(id)) await this.#slowDown(id);
			await this.#thawOne(id);
			return await work();
		} finally {
			this.#leaving.delete(id);
		}
	}

	async #freezeOne(id: string): Promise<boolean> {
		if (this.#frozen.has(id) || this.#leaving.has(id)) return false;
		const path = await this.#path(id);
		if (path && (await this.#writeFrozen(id, path))) {
			this.#frozen.set(id, "cgroup");
			return true;
		}
		await this.#engine.pause(id);
		this.#frozen.set(id, "engine");
		return true;
	}

	async #thawOne(id: string): Promise<void> {
		const how = this.#frozen.get(id);
		this.#frozen.delete(id);
		if (how === "engine") await this.#engine.unpause(id);
		const path = how === "cgroup" ? await this.#path(id) : undefined;
		if (path) writeIfThere(path, this.#isFirst ? "THAWED" : "0");
	}

	/** False when we may not; then nothing has changed. */
	async #writeFrozen(id: string, path: string): Promise<boolean> {
		if (!writeIfThere(path, this.#isFirst ? "FROZEN" : "1")) return false;
		await this.#untilStill(id, path);
		return true;
	}

	/**
	 * Until the kernel says so, or until the container has stopped using the processor. A program has to be given the
	 * processor once more to lie down, and ours are given it last: while the owner takes all of it the kernel may not
	 * say so for seconds, although no instruction of the program is carried out from the write on.
	 */
	async #untilStill(id: string, path: string): Promise<void> {
		const until = performance.now() + CONFIRM_MS;
		let used: number | undefined;
		let still = 0;
		while (!this.#saysFrozen(path) && performance.now() < until) {
			const now = await this.#cgroups.cpuSeconds(id);
			still = now !== undefined && now === used ? still + 1 : 0;
			if (still >= STILL) return;
			used = now;
			await sleep(CONFIRM_EVERY_MS);
		}
	}

	async #readsFrozen(id: string): Promise<boolean> {
		const path = await this.#path(id);
		const text = path && readIfThere(path)?.trim();
		return text === "FROZEN" || text === "FREEZING" || text === "1";
	}

	/** Version 1 says FREEZING in the same file until all have stopped, version 2 says it in another. */
	#saysFrozen(path: string): boolean {
		const said = readIfThere(
			this.#isFirst ? path : path.replace(/freeze$/, "events"),
		);
		// One that is gone is as quiet as it gets.
		if (said === undefined) return true;
		return this.#isFirst ? said.startsWith("FROZEN") : /^frozen 1$/m.test(said);
	}

	async #slowDown(id: string): Promise<void> {
		const folder = await this.#cgroups.folderOf(id);
		if (!folder) return;
		const { setting } = this.#cgroups;
		const wanted = LAST_WORDS_CORES * PERIOD_US;
		const [file, value] = this.#isFirst
			? ["cpu.cfs_quota_us", String(wanted)]
			: ["cpu.max", `${wanted} ${PERIOD_US}`];
		writeIfThere(cgroupFile(setting, "cpu", folder, file), value);
	}

	async #path(id: string): Promise<string | undefined> {
		const folder = await this.#cgroups.folderOf(id);
		const file = this.#isFirst ? "freezer.state" : "cgroup.freeze";
		return folder && cgroupFile(this.#cgroups.setting, "freezer", folder, file);
	}

	get #isFirst(): boolean {
		return this.#cgroups.setting.version === "1";
	}
}

/** What a cgroup's file says; undefined when it is gone. Such files never wait for a disk. */
function readIfThere(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

function writeIfThere(path: string, value: string): boolean {
	try {
		// Without the flag that makes files: a cgroup that is gone stays gone.
		writeFileSync(path, value, { flag: "r+" });
		return true;
	} catch {
		return false;
	}
}
