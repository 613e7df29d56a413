import type { Services } from "../../services.ts";
import type { ThreadLane } from "../../threads/thread-lane.ts";
import {
	Agreements,
	findAgreements,
	type TaskOutputs,
} from "../../verification/agreement-finder.ts";
import type { NumericComparison } from "../../verification/comparison.ts";
import {
	type DueTask,
	type DueWorkUnit,
	listOutputsOfTasks,
	makeDue,
	setAside,
} from "./review-store.ts";

/** A work unit whose results must be read before it can be reviewed. */
export interface UnreadWorkUnit {
	unit: DueWorkUnit & { comparison: NumericComparison };
	/** Those of its tasks that are to be held against each other. */
	tasks: readonly DueTask[];
}

/** So many projects' results are read at once: one thread for each. */
const AT_ONCE = 2;
/** A project has no more than this waiting here; the rest comes again after a while. */
const MOST_WAITING = 100;
/** Work units of which is remembered what was found, in case that more results come. */
const MOST_KNOWN = 1_000;
/** A work unit that is being read is looked at again after this, by whoever is there: its reader may have died. */
const ASIDE_MS = 60_000;
/** One for which there was no room. */
const LATER_MS = 5_000;

/**
 * Reads and compares results of app versions with a tolerance, beside the reviews:
 *
 *   due ── must be read ──► set aside (`reviewAt` lies ahead) ── read ──► due again, and its agreements are known here
 *
 * What must stay true: whoever waits for one result to be read waits for results of the same project only. So a review
 * never waits for a comparison, projects take turns, and no project has more than one work unit read at a time. Nothing
 * here is lost with the process: what was set aside becomes due by itself.
 */
export class OutputComparisons {
	readonly #services: Pick<Services, "db" | "blobs" | "clock" | "log">;
	readonly #lane: Pick<ThreadLane, "run">;
	readonly #onRead: () => void;
	/** By work unit, the one that was used last at the end. */
	readonly #known = new Map<string, Agreements>();
	/** By project, the one whose turn was last at the end. */
	readonly #waiting = new Map<string, UnreadWorkUnit[]>();
	/** The work unit that is being read, by project. */
	readonly #reading = new Map<string, { id: string; done: Promise<void> }>();
	readonly #stopping = new AbortController();

	/** @param onRead work units are due again */
	constructor(
		services: Pick<Services, "db" | "blobs" | "clock" | "log">,
		lane: Pick<ThreadLane, "run">,
		onRead: () => void = () => {},
	) {
		this.#services = services;
		this.#lane = lane;
		this.#onRead = onRead;
	}

	/** What is known of a work unit's results. */
	of(workUnitId: string): Agreements | undefined {
		return this.#known.get(workUnitId);
	}

	/** It has ended: nobody will ask again. */
	forget(workUnitId: string): void {
		this.#known.delete(workUnitId);
	}

	/** Sets the work units aside and reads them when their turn comes. */
	async take(units: readonly UnreadWorkUnit[]): Promise<void> {
		const wanted: UnreadWorkUnit[] = [];
		const busy: UnreadWorkUnit[] = [];
		const later: UnreadWorkUnit[] = [];
		const room = new Map<string, number>();
		for (const one of units) {
			const { id, projectId } = one.unit;
			const left =
				room.get(projectId) ??
				MOST_WAITING - (this.#waiting.get(projectId)?.length ?? 0);
			if (this.#has(id, projectId)) busy.push(one);
			else if (left > 0) wanted.push(one);
			else later.push(one);
			room.set(projectId, left - 1);
		}
		await this.#setAside([...busy], ASIDE_MS);
		await this.#setAside(later, LATER_MS);
		const ours = await this.#setAside(wanted, ASIDE_MS);
		for (const one of wanted) {
			const { id, projectId } = one.unit;
			if (!ours.has(id) || this.#has(id, projectId)) continue;
			const line = this.#waiting.get(projectId);
			if (line) line.push(one);
			else this.#waiting.set(projectId, [one]);
		}
		this.#goOn();
	}

	/** Resolves when nothing is being read and nothing waits. */
	async settled(): Promise<void> {
		while (this.#reading.size > 0)
			await Promise.all([...this.#reading.values()].map(({ done }) => done));
	}

	/** Gives up what is being read; others will read it. */
	async stop(): Promise<void> {
		this.#stopping.abort(new Error("The server stops."));
		this.#waiting.clear();
		await this.settled();
	}

	#has(id: string, projectId: string): boolean {
		return (
			this.#reading.get(projectId)?.id === id ||
			this.#waiting.get(projectId)?.some(({ unit }) => unit.id === id) === true
		);
	}

	async #setAside(
		units: readonly UnreadWorkUnit[],
		milliseconds: number,
	): Promise<Set<string>> {
		const now = this.#services.clock.now();
		const ids = await setAside(
			this.#services.db,
			units.map(({ unit }) => unit.id),
			now,
			new Date(now.getTime() + milliseconds),
		);
		return new Set(ids);
	}

	#goOn(): void {
		for (const [projectId, line] of [...this.#waiting]) {
			if (this.#stopping.signal.aborted || this.#reading.size >= AT_ONCE)
				return;
			if (this.#reading.has(projectId)) continue;
			const [next, ...rest] = line;
			this.#waiting.delete(projectId);
			if (rest.length > 0) this.#waiting.set(projectId, rest);
			if (!next) continue;
			const done = this.#read(next).finally(() => {
				this.#reading.delete(projectId);
				this.#goOn();
			});
			this.#reading.set(projectId, { id: next.unit.id, done });
		}
	}

	async #read({ unit, tasks }: UnreadWorkUnit): Promise<void> {
		const { db, blobs, clock, log } = this.#services;
		const { signal } = this.#stopping;
		const agreements = this.#known.get(unit.id) ?? new Agreements();
		try {
			await findAgreements(
				{ blobs, lane: this.#lane, signal },
				unit.comparison,
				await this.#outputsOf(tasks),
				agreements,
			);
			this.#remember(unit.id, agreements);
			await makeDue(db, unit.id, clock.now());
			this.#onRead();
		} catch (error) {
			if (signal.aborted) return;
			log.error(
				{ err: error, workUnitId: unit.id },
				"Results could not be compared; that is tried again.",
			);
		}
	}

	async #outputsOf(tasks: readonly DueTask[]): Promise<TaskOutputs[]> {
		const outputs = await listOutputsOfTasks(
			this.#services.db,
			tasks.map(({ id }) => id),
		);
		return tasks.map(({ id, outputDigest }) => ({
			taskId: id,
			digest: outputDigest ?? "",
			outputs: outputs.filter(({ taskId }) => taskId === id),
		}));
	}

	#remember(workUnitId: string, agreements: Agreements): void {
		this.#known.delete(workUnitId);
		this.#known.set(workUnitId, agreements);
		const [oldest] = this.#known.keys();
		if (oldest && this.#known.size > MOST_KNOWN) this.#known.delete(oldest);
	}
}
