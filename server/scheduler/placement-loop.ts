import type { AgentGateway } from "../gateway/agent-gateway.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../loops/repeating-loop.ts";
import type { LiveForecasts } from "../predictor/forecast/live-forecasts.ts";
import type { Services } from "../services.ts";
import type { ThreadLane } from "../threads/thread-lane.ts";
import { carryOutPlan } from "./carry-out-plan.ts";
import { type BatchChoice, chooseBatches } from "./choose-batches.ts";
import { divideLooks } from "./divide-looks.ts";
import { listUnsentTasks } from "./lease-store.ts";
import { listOffers, type Offers } from "./offers.ts";
import type { PlacementPlan, PlannedTask } from "./placement-plan.ts";
import { Planner } from "./planner.ts";
import { ProjectShares } from "./project-shares.ts";
import type { RunTimeBook } from "./run-time-book.ts";
import { RunnableBatches } from "./runnable-batches.ts";
import { costOf } from "./take-turns.ts";
import { WaitReasonBook } from "./wait-reason-book.ts";

/** Offers are collected for this long. */
const TICK_MS = 100;
/** Without any news from devices: what was submitted meanwhile. */
const IDLE_INTERVAL_MS = 500;
const MOST_BATCHES = 200;
/** To see what devices are to a batch takes time and memory for each pair: with many devices fewer batches are looked at. */
const MOST_FITS = 200_000;
const FEWEST_BATCHES = 20;
/** A batch of which nothing could be placed is left to the round for so long. */
const IN_VAIN_MS = 1_000;
/** When more than a third of a plan was lost to other processes, plans are made with tasks from so much further back. */
const MOST_SPREAD = 16;

export interface PlacementParts {
	services: Pick<Services, "db" | "clock" | "log" | "events">;
	gateway: Pick<AgentGateway, "sessions" | "wanted">;
	forecasts: Pick<LiveForecasts, "find">;
	runTimes: RunTimeBook;
	/** Makes large plans. */
	lane: Pick<ThreadLane, "run">;
	/** This process among those that say why tasks wait. */
	serverId: string;
}

/**
 * The scheduler: every tick it takes the offers of the devices that are connected to this process, reads waiting tasks
 * of the projects whose turn it is, plans for the whole set with one pure call, and leases what is still true of the
 * plan with one statement. Other processes do the same for theirs.
 *
 *   offers ──► batches to look at ──► their tasks ──► plan ──► claim, confirm, lease ──► devices are told
 *              (choose-batches)       (no lock)       (pure)   (one short transaction)
 *
 * What must stay true: nothing is held while a plan is made, so that planning for ten thousand devices makes nobody wait;
 * and nothing of a plan is believed when it is carried out, so that it does not matter what happened meanwhile.
 */
export function createPlacementLoop(parts: PlacementParts): RepeatingLoop {
	const { services, gateway, forecasts } = parts;
	const placement = new PlacementTick(parts);
	const loop = createRepeatingLoop({
		name: "place tasks",
		intervalMs: IDLE_INTERVAL_MS,
		gatherMs: TICK_MS,
		log: services.log,
		run: () => placement.run(listOffers(gateway.sessions.list(), forecasts)),
	});
	return {
		...loop,
		async stop() {
			await loop.stop();
			await placement.stop();
		},
	};
}

class PlacementTick {
	readonly #parts: PlacementParts;
	readonly #batches: RunnableBatches;
	readonly #shares = new ProjectShares();
	readonly #reasons: WaitReasonBook;
	readonly #planner: Planner;
	/** Where the round through all batches goes on. */
	#after = "";
	/** Batches that were looked at in vain, and until when that counts. */
	readonly #inVain = new Map<string, number>();
	#spread = 0;
	#speaks = false;

	constructor(parts: PlacementParts) {
		this.#parts = parts;
		this.#batches = new RunnableBatches(parts.services.db, parts.runTimes);
		this.#reasons = new WaitReasonBook(parts.services, parts.serverId);
		this.#planner = new Planner(parts.lane);
	}

	/** @returns whether there is more to place at once */
	async run(offers: Offers): Promise<boolean> {
		const { gateway, services } = this.#parts;
		// Who has no devices knows nothing of why tasks wait.
		if (gateway.sessions.list().length === 0) return this.#fallSilent();
		this.#speaks = true;
		if (offers.offers.length === 0 && !this.#reasons.isDue) return false;
		const { waiting, isNew } = await this.#batches.list();
		this.#shares.want(waiting.queues.map(({ projectId }) => projectId));
		const more =
			offers.offers.length > 0 &&
			waiting.all.length > 0 &&
			(await this.#place(offers, waiting, isNew));
		if (offers.offers.length === 0)
			for (const id of waiting.all)
				this.#reasons.note(id, {
					devices: offers.full ? { busy: offers.full } : { noDeviceOffers: 1 },
				});
		if (this.#reasons.isDue) {
			this.#reasons.keepOnly(new Set(waiting.all));
			for (const id of await this.#reasons.write())
				services.events.publish(`batch:${id}`, { kind: "changed" });
		}
		return more;
	}

	stop(): Promise<boolean> {
		return this.#fallSilent();
	}

	async #fallSilent(): Promise<false> {
		if (this.#speaks) await this.#reasons.close();
		this.#speaks = false;
		return false;
	}

	async #place(
		{ offers }: Offers,
		waiting: Parameters<typeof chooseBatches>[0],
		isNew: boolean,
	): Promise<boolean> {
		const { db, clock } = this.#parts.services;
		const now = clock.now();
		const choice = chooseBatches(
			waiting,
			(projectId) => this.#shares.markOf(projectId),
			(batchId) => (this.#inVain.get(batchId) ?? 0) > now.getTime(),
			this.#after,
			Math.max(
				FEWEST_BATCHES,
				Math.min(MOST_BATCHES, Math.floor(MOST_FITS / offers.length)),
			),
		);
		this.#after = choice.after;
		const freeCores = offers.reduce((sum, { free }) => sum + free.cores, 0);
		const looks = divideLooks(
			choice.batches,
			freeCores,
			this.#spread,
			Math.random,
		);
		const batches = await this.#batches.needsOf(
			looks.map(({ batchId }) => batchId),
		);
		const owners = new Set(offers.map(({ ownerId }) => ownerId));
		const tasks = await listUnsentTasks(db, looks, [...owners]);
		const { marks } = this.#shares;
		const plan = await this.#planner.plan({
			tasks,
			batches,
			offers,
			marks,
			now,
		});
		const { leased, cut } = await carryOutPlan(db, plan, now);
		for (const task of leased)
			this.#shares.charge(
				batches.get(task.batchId)?.projectId ?? "",
				costOf(task),
			);
		this.#noteSpread(plan.placements.length, leased.length);
		this.#tell(plan, leased);
		const found = new Set(tasks.map(({ batchId }) => batchId));
		this.#noteReasons(choice, plan, found, offers.length, isNew, now);
		return leased.length > 0 || cut > 0;
	}

	#noteSpread(planned: number, leased: number): void {
		const lost = planned - leased;
		this.#spread =
			lost >= 4 && lost * 3 > planned
				? Math.min(MOST_SPREAD, this.#spread * 2 + 1)
				: Math.floor(this.#spread / 2);
	}

	#tell(plan: PlacementPlan, leased: readonly PlannedTask[]): void {
		const { gateway, services } = this.#parts;
		for (const { taskId, deviceId, needs } of leased)
			gateway.sessions.find(deviceId)?.assign(taskId, needs);
		gateway.wanted.schedule(new Set(leased.map(({ deviceId }) => deviceId)));
		for (const batchId of new Set(
			[...leased, ...plan.cuts].map(({ batchId }) => batchId),
		))
			services.events.publish(`batch:${batchId}`, { kind: "changed" });
	}

	/**
	 * A batch of which no task could even be looked at has copies on the devices of every owner who offers something; one
	 * whose tasks were all placed has nothing to explain.
	 * @param isNew the list of batches was read just now, so that each of them has something unsent
	 */
	#noteReasons(
		{ batches }: BatchChoice,
		plan: PlacementPlan,
		found: ReadonlySet<string>,
		offers: number,
		isNew: boolean,
		now: Date,
	): void {
		const placed = new Set(
			[...plan.placements, ...plan.cuts].map(({ batchId }) => batchId),
		);
		for (const { batchId } of batches) {
			const reasons = plan.waiting.get(batchId);
			if (found.has(batchId)) this.#reasons.note(batchId, reasons);
			else if (isNew && this.#spread === 0)
				this.#reasons.note(batchId, { devices: { needsAnotherOwner: offers } });
			// Devices that could but are busy will be free: then it is worth looking at once.
			if (placed.has(batchId) || reasons?.devices.busy)
				this.#inVain.delete(batchId);
			else this.#inVain.set(batchId, now.getTime() + IN_VAIN_MS);
		}
		for (const [batchId, until] of this.#inVain)
			if (until <= now.getTime()) this.#inVain.delete(batchId);
	}
}
