import { ownerRulesSchema } from "../../agent/core/protocol.ts";
import { inTransaction } from "../database/db.ts";
import { countedOwner } from "../devices/counted-owner.ts";
import type { AgentGateway } from "../gateway/agent-gateway.ts";
import type { AgentSession } from "../gateway/agent-session.ts";
import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../loops/repeating-loop.ts";
import type { LiveForecasts } from "../predictor/forecast/live-forecasts.ts";
import { noteForecasts } from "../predictor/score/forecast-score-store.ts";
import type { Services } from "../services.ts";
import { applyCuts } from "./cut-store.ts";
import {
	claimUnsentTasks,
	leaseTasks,
	listRunnableBatches,
	noteWaitReasons,
} from "./lease-store.ts";
import { placeTasks } from "./place-tasks.ts";
import type { DeviceOffer, PlacementPlan } from "./placement-plan.ts";

/** Offers are collected for this long. */
export const TICK_MS = 100;
/** Without any news from devices: what was submitted meanwhile. */
const IDLE_INTERVAL_MS = 500;
const MOST_BATCHES = 200;
const MOST_TASKS = 4000;
const REASONS_INTERVAL_MS = 3_000;

/**
 * The scheduler: every tick it takes the offers of the devices that are connected to this process, places waiting tasks
 * on the whole set with one pure call, and leases them all with one statement. Other processes do the same for theirs.
 */
export function createPlacementLoop(
	services: Pick<Services, "db" | "clock" | "log" | "events">,
	gateway: Pick<AgentGateway, "sessions" | "wanted">,
	forecasts: Pick<LiveForecasts, "find">,
): RepeatingLoop {
	let reasonsNotedAt = 0;
	return createRepeatingLoop({
		name: "place tasks",
		intervalMs: IDLE_INTERVAL_MS,
		gatherMs: TICK_MS,
		log: services.log,
		async run() {
			const now = services.clock.now();
			const offering = gateway.sessions
				.list()
				.flatMap((session) => offerOf(session) ?? []);
			const mayNote = now.getTime() - reasonsNotedAt >= REASONS_INTERVAL_MS;
			if (offering.length === 0 && !mayNote) return false;
			const batches = await listRunnableBatches(services.db, MOST_BATCHES);
			if (batches.size === 0) return false;
			const offers = await withDevices(services, forecasts, offering);
			const { plan, leased, tasks, cut } = await inTransaction(
				services.db,
				async (db) => {
					const owners = [...new Set(offers.map(({ ownerId }) => ownerId))];
					const tasks = owners.length
						? await claimUnsentTasks(
								db,
								[...batches.keys()],
								owners,
								howManyPerBatch(offers, batches.size),
							)
						: [];
					const plan = placeTasks(tasks, batches, offers, now, Math.random);
					const leased = await leaseTasks(db, plan.placements, now);
					await noteForecasts(
						db,
						plan.placements.filter(({ taskId }) => leased.has(taskId)),
						now,
					);
					return {
						plan,
						tasks,
						leased,
						cut: await applyCuts(db, plan.cuts, now),
					};
				},
			);
			tellDevices(gateway, plan, leased);
			if (mayNote) {
				reasonsNotedAt = now.getTime();
				const lookedAt = new Set(tasks.map(({ batchId }) => batchId));
				await noteReasons(services, plan, [...batches.keys()], lookedAt, {
					offers: offers.length,
					full: countFull(gateway),
				});
			}
			for (const batchId of new Set(
				[...plan.placements, ...plan.cuts].map(({ batchId }) => batchId),
			))
				services.events.publish(`batch:${batchId}`, { kind: "changed" });
			return leased.size > 0 || cut > 0;
		},
	});
}

/** No more rows are taken hold of than could be placed, with some to spare for those that do not fit. */
function howManyPerBatch(
	offers: readonly DeviceOffer[],
	batches: number,
): number {
	const cores = offers.reduce(
		(sum, { free }) => sum + Math.max(0, free.cores),
		0,
	);
	return Math.max(
		20,
		Math.min(
			Math.ceil(cores * 4),
			Math.ceil(MOST_TASKS / Math.max(1, batches)),
		),
	);
}

/** Devices that take work and have all they can take. */
const countFull = ({ sessions }: Pick<AgentGateway, "sessions">): number =>
	sessions
		.list()
		.filter((session) => session.offer?.accepting && !offerOf(session)).length;

/** What a device says of itself; the rest is in the database and in the forecasts. */
type OfferAlone = Omit<
	DeviceOffer,
	"platform" | "floatOpsPerSecond" | "forecasts" | "rules"
>;

/** Undefined when the device takes nothing now, or has no room for even a small task. */
function offerOf(session: AgentSession): OfferAlone | undefined {
	const { offer, free } = session;
	if (!offer?.accepting || free.cores < 0.1 || free.memoryMiB < 16)
		return undefined;
	return {
		deviceId: session.deviceId,
		ownerId: countedOwner(session.deviceId, session.ownerId),
		capacity: {
			cores: offer.cores,
			memoryMiB: offer.memoryMiB,
			diskMiB: offer.diskMiB,
		},
		free,
		images: new Set(offer.images),
		until: offer.until ? new Date(offer.until) : null,
	};
}

/** Leaves out devices that are paused, draining, blocked or not measured. */
async function withDevices(
	{ db }: Pick<Services, "db">,
	forecasts: Pick<LiveForecasts, "find">,
	offers: readonly OfferAlone[],
): Promise<DeviceOffer[]> {
	const devices = await db.device.findMany({
		where: {
			id: { in: offers.map(({ deviceId }) => deviceId) },
			state: "online",
			paused: false,
			draining: false,
			blockedReason: null,
			architecture: { not: null },
		},
		select: {
			id: true,
			architecture: true,
			floatOpsPerSecond: true,
			rules: true,
		},
	});
	const byId = new Map(devices.map((device) => [device.id, device]));
	return offers.flatMap((offer) => {
		const device = byId.get(offer.deviceId);
		if (!device?.architecture) return [];
		return {
			...offer,
			platform: device.architecture as DeviceOffer["platform"],
			floatOpsPerSecond: device.floatOpsPerSecond,
			forecasts: forecasts.find(offer.deviceId) ?? null,
			rules: ownerRulesSchema.parse(device.rules),
		};
	});
}

function tellDevices(
	{ sessions, wanted }: Pick<AgentGateway, "sessions" | "wanted">,
	plan: PlacementPlan,
	leased: ReadonlySet<string>,
): void {
	const mine = plan.placements.filter(({ taskId }) => leased.has(taskId));
	for (const { taskId, deviceId, needs } of mine)
		sessions.find(deviceId)?.assign(taskId, needs);
	wanted.schedule(new Set(mine.map(({ deviceId }) => deviceId)));
}

/**
 * Keeps why each batch waits. A batch of which no task could even be looked at has copies on the devices of every owner
 * who offers something; one whose tasks were all placed has nothing to explain.
 */
async function noteReasons(
	{ db, events }: Pick<Services, "db" | "events">,
	plan: PlacementPlan,
	batchIds: readonly string[],
	lookedAt: ReadonlySet<string>,
	{ offers, full }: { offers: number; full: number },
): Promise<void> {
	const waiting: PlacementPlan["waiting"] = new Map();
	for (const batchId of batchIds) {
		if (offers === 0)
			waiting.set(batchId, {
				devices: full > 0 ? { busy: full } : { noDeviceOffers: 1 },
			});
		else if (!lookedAt.has(batchId))
			waiting.set(batchId, { devices: { needsAnotherOwner: offers } });
		else waiting.set(batchId, plan.waiting.get(batchId) ?? { devices: {} });
	}
	await noteWaitReasons(db, waiting);
	for (const [batchId, reasons] of waiting)
		if (Object.keys(reasons.devices).length)
			events.publish(`batch:${batchId}`, { kind: "changed" });
}
