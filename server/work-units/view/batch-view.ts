import { z } from "zod";
import { parametersSchema } from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";
import { parsePictureLayout } from "../../projects/picture-layout.ts";
import {
	type BatchRow,
	countEndedSince,
	countTasksByState,
	sumGrantedCredit,
} from "../batches/batch-store.ts";
import { listBatchWaits } from "../batches/batch-wait-store.ts";
import { measureResults } from "../results/result-store.ts";
import { findSweepOfBatch } from "../sweeps/sweep-store.ts";
import { ON_DEVICE_STATES } from "../task-states.ts";
import { estimateEnd } from "./estimate-end.ts";
import { describeWaitReasons, mergeWaitReasons } from "./wait-reasons.ts";

const count = z.number().int().min(0);

export const batchStateSchema = z.enum(["open", "done", "cancelled"]);
export const workUnitStateSchema = z.enum([
	"open",
	"done",
	"failed",
	"cancelled",
]);
export const taskStateSchema = z.enum([
	"unsent",
	"leased",
	"preparing",
	"running",
	"paused",
	"reported",
	"valid",
	"invalid",
	"errored",
	"lost",
	"cancelled",
	"returned",
]);

/** A batch in a list. */
export const batchSchema = z.object({
	id: z.uuid(),
	name: z.string(),
	state: batchStateSchema,
	project: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
	appVersion: z.object({ id: z.uuid(), number: z.number().int() }),
	submitter: z.object({ id: z.uuid(), name: z.string() }),
	placement: z.enum(["random", "spread", "binpack", "predictive"]),
	confidence: z.number(),
	maxFrozenSeconds: count,
	/** The same, for clients of version 0.1. */
	patienceSeconds: count,
	quorum: count,
	targetCopies: count,
	maxErrors: count,
	maxTotal: count,
	deadlineSeconds: count,
	priority: z.number().int(),
	/** Of one work unit. */
	estimatedOperations: z.number(),
	workUnits: count,
	doneUnits: count,
	failedUnits: count,
	cancelledUnits: count,
	createdAt: z.date(),
	finishedAt: z.date().nullable(),
});

/** A batch with all that its page shows. */
export const batchDetailsSchema = batchSchema.extend({
	command: z.array(z.string()),
	hasPicture: z.boolean(),
	/** How many tasks are in each state; states without tasks are absent. */
	tasks: z.partialRecord(taskStateSchema, count),
	/** Why tasks wait, in sentences. */
	waitReasons: z.array(z.string()),
	/** If it goes on as in the last minutes; null when nothing can be said honestly. */
	estimatedEnd: z.date().nullable(),
	/** Work units that ended in the last minutes, for an hour. */
	unitsPerHour: z.number(),
	grantedCredit: z.number(),
	results: z.object({ files: count, bytes: count }),
	/** What is being done to all of its work units, a part at a time, and how far it is; null when nothing is. */
	underWay: z
		.object({
			kind: z.enum(["cancelling", "rerunning"]),
			done: count,
			total: count,
		})
		.nullable(),
});
export type BatchDetails = z.infer<typeof batchDetailsSchema>;

export const previewSchema = z.object({
	workUnits: count,
	inputBytes: count,
	first: z.array(
		z.object({
			command: z.array(z.string()),
			parameters: parametersSchema,
			inputs: z.array(z.object({ path: z.string(), bytes: count })),
		}),
	),
	problemCount: count,
	problems: z.array(z.object({ line: count, message: z.string() })),
	estimatedOperations: z.number(),
});

export function toBatchView(batch: BatchRow): z.infer<typeof batchSchema> {
	const { project, appVersion } = batch;
	return {
		...batch,
		patienceSeconds: batch.maxFrozenSeconds,
		project: { id: project.id, slug: project.slug, name: project.name },
		appVersion: { id: appVersion.id, number: appVersion.number },
	};
}

const UNDER_WAY = [...ON_DEVICE_STATES, "reported"] as const;
const LATELY_MS = 10 * 60 * 1000;

/** Everything that a batch's page shows, counted from the rows. */
export async function viewBatch(
	db: Db,
	batch: BatchRow,
	now: Date,
): Promise<BatchDetails> {
	const since = Math.max(batch.createdAt.getTime(), now.getTime() - LATELY_MS);
	const [
		tasks,
		waits,
		anyOnline,
		lately,
		{ grantedCredit, results },
		underWay,
	] = await Promise.all([
		countTasksByState(db, batch.id),
		listBatchWaits(db, batch.id, now),
		isAnyDeviceOnline(db),
		countEndedSince(db, batch.id, new Date(since)),
		sumBatch(db, batch, now),
		findSweepOfBatch(db, batch.id),
	]);
	const latelySeconds = Math.max(1, (now.getTime() - since) / 1000);
	const ended = batch.doneUnits + batch.failedUnits + batch.cancelledUnits;
	return {
		...toBatchView(batch),
		command: batch.appVersion.command,
		hasPicture: parsePictureLayout(batch.project.picture) !== undefined,
		tasks,
		waitReasons:
			batch.state === "open"
				? describeWaitReasons(
						tasks.unsent && waits.length === 0 && !anyOnline
							? { noDeviceOffers: 1 }
							: mergeWaitReasons(waits),
					)
				: [],
		estimatedEnd: estimateEnd(
			{
				...batch,
				ended,
				endedLately: lately.ended,
				lastEndedAt: lately.lastEndedAt,
				latelySeconds,
				tasksUnderWay: UNDER_WAY.reduce(
					(sum, state) => sum + (tasks[state] ?? 0),
					0,
				),
			},
			now,
		),
		unitsPerHour: (lately.ended * 3600) / latelySeconds,
		grantedCredit,
		results,
		underWay,
	};
}

const isAnyDeviceOnline = async (db: Db): Promise<boolean> =>
	(await db.device.findFirst({
		where: { state: "online" },
		select: { id: true },
	})) !== null;

/** Sums over a batch of this size take long enough to be worth keeping for a moment, while pages ask each second. */
const LARGE_BATCH = 20_000;
const KEPT_MS = 10_000;
const MOST_KEPT = 100;

type Sums = Promise<Pick<BatchDetails, "grantedCredit" | "results">>;
const kept = new Map<string, { at: number; sums: Sums }>();

/** The credit given and the size of the results; for large batches as they were up to ten seconds ago. */
function sumBatch(db: Db, batch: BatchRow, now: Date): Sums {
	const known = kept.get(batch.id);
	if (known && now.getTime() - known.at < KEPT_MS) return known.sums;
	const sums = Promise.all([
		sumGrantedCredit(db, batch.id),
		measureResults(db, batch.id),
	]).then(([grantedCredit, results]) => ({ grantedCredit, results }));
	if (batch.workUnits >= LARGE_BATCH) {
		if (kept.size >= MOST_KEPT) kept.clear();
		kept.set(batch.id, { at: now.getTime(), sums });
		sums.catch(() => kept.delete(batch.id));
	}
	return sums;
}
