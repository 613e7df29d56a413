import {
	createRepeatingLoop,
	type RepeatingLoop,
} from "../../loops/repeating-loop.ts";
import type { Services } from "../../services.ts";
import type { ThreadLane } from "../../threads/thread-lane.ts";
import { OutputComparisons } from "./output-comparisons.ts";
import {
	type ReviewPass,
	reviewDueWorkUnits,
} from "./review-due-work-units.ts";

const INTERVAL_MS = 1_000;
/** Reports are gathered for this long: one pass over a hundred work units costs little more than over one. */
const GATHER_MS = 50;
const UNITS_A_PASS = 500;

/**
 * Reviews work units as they become due: at once when it is woken, and every second for those whose time has come. Where
 * it runs does not matter: devices and pages are told of what it decides, and new tasks are placed, by whoever holds them.
 * @param lane reads results of app versions with a tolerance
 */
export function createReviewLoop(
	services: Pick<
		Services,
		"db" | "blobs" | "clock" | "log" | "events" | "deviceNotices" | "wakes"
	>,
	lane: Pick<ThreadLane, "run">,
): RepeatingLoop {
	const comparisons = new OutputComparisons(services, lane, () => loop.poke());
	const loop = createRepeatingLoop({
		name: "review work units",
		intervalMs: INTERVAL_MS,
		gatherMs: GATHER_MS,
		log: services.log,
		async run() {
			const pass = await reviewDueWorkUnits(
				services,
				UNITS_A_PASS,
				comparisons,
			);
			services.deviceNotices.wantedChanged(pass.plan.devicesToTell);
			if (pass.plan.newTasks.length > 0) services.wakes.wake("placement");
			tellPages(services, pass);
			return pass.reviewed > 0;
		},
	});
	return {
		...loop,
		async stop() {
			await loop.stop();
			await comparisons.stop();
		},
	};
}

function tellPages(
	{ events }: Pick<Services, "events">,
	{ plan, endedBatchIds }: ReviewPass,
): void {
	for (const { id } of plan.workUnits)
		events.publish(`workUnit:${id}`, { kind: "changed" });
	for (const { taskId } of plan.taskMoves)
		events.publish(`task:${taskId}`, { kind: "changed" });
	const batches = new Set([
		...plan.workUnits.map(({ batchId }) => batchId),
		...endedBatchIds,
	]);
	for (const batchId of batches)
		events.publish(`batch:${batchId}`, { kind: "changed" });
	for (const userId of new Set(plan.grants.map((grant) => grant.userId)))
		events.publish(`user:${userId}`, { kind: "changed" });
	// A project's public page: its credit, and its picture that grows.
	for (const projectId of new Set(plan.grants.map((grant) => grant.projectId)))
		events.publish(`project:${projectId}`, { kind: "changed" });
	if (plan.grants.length) events.publish("overview", { kind: "changed" });
}
