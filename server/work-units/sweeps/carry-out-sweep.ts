import { setTimeout as sleep } from "node:timers/promises";
import { type Db, inTransaction } from "../../database/db.ts";
import type { SweepKind } from "../../database/generated/enums.ts";
import type { Services } from "../../services.ts";
import { giveBackChunk } from "../tasks/give-back-tasks.ts";
import {
	BatchClosed,
	CHUNK_UNITS,
	cancelChunk,
	removeChunk,
	reopenChunk,
} from "./batch-chunk-store.ts";
import {
	advanceSweep,
	claimSweep,
	endSweep,
	isUnderWay,
	type SweepName,
	type SweepRow,
} from "./sweep-store.ts";

/**
 * Long acts, in chunks. What is wanted is marked first, on the batch, project or version itself, in a short transaction
 * that also begins a sweep: from then on it holds for everybody. The sweep then goes through the rows it is about.
 *
 *   marked ── chunk ── chunk ── … ── last chunk ──► gone
 *
 * Each chunk is a transaction of its own that holds the sweep's row, does its rows and says where the next one begins. So
 * a process that dies loses nothing but the chunk it was at, any number of processes may take turns, and nobody ever
 * waits for more than one chunk. A chunk that meets a conflict is undone and done again.
 */
type SweepServices = Pick<
	Services,
	"db" | "clock" | "events" | "deviceNotices"
>;

interface Chunk {
	changed: number;
	deviceIds: string[];
	ended: boolean;
}

const CHUNKS: Record<
	SweepKind,
	(db: Db, sweep: SweepRow, now: Date) => Promise<Chunk>
> = {
	cancelBatch: (db, { subjectId, next }, now) =>
		cancelChunk(db, subjectId, next, now),
	rerunBatch: (db, { subjectId, next }, now) =>
		reopenChunk(db, subjectId, next, now),
	removeBatch: (db, { subjectId, next }) => removeChunk(db, subjectId, next),
	giveBackProject: (db, { subjectId }, now) =>
		giveBackChunk(db, { projectId: subjectId }, now),
	giveBackAppVersion: (db, { subjectId }, now) =>
		giveBackChunk(db, { appVersionId: subjectId }, now),
};

/**
 * Does one chunk of the sweep that is named, or of the one that waited longest, and tells whom it concerns. Undefined when
 * there is none that nobody else is at.
 */
export async function sweepOnce(
	services: SweepServices,
	which?: SweepName,
): Promise<{ ended: boolean } | undefined> {
	const { db, clock } = services;
	let claimed: SweepRow | undefined;
	try {
		const chunk = await inTransaction(db, async (transaction) => {
			claimed = await claimSweep(transaction, which);
			return claimed && doChunk(transaction, claimed, clock.now());
		});
		if (claimed && chunk) tell(services, claimed, chunk);
		return chunk;
	} catch (error) {
		if (!claimed || !(error instanceof BatchClosed)) throw error;
		await endSweep(db, claimed);
		return { ended: true };
	}
}

async function doChunk(db: Db, sweep: SweepRow, now: Date): Promise<Chunk> {
	const chunk = await CHUNKS[sweep.kind](db, sweep, now);
	if (chunk.ended) await endSweep(db, sweep);
	else
		await advanceSweep(
			db,
			sweep,
			{ next: sweep.next + CHUNK_UNITS, changed: chunk.changed },
			now,
		);
	return chunk;
}

/** Whoever asked for a long act waits for the end of a short one; a long one goes on without them. */
const ASKER_WAITS_MS = 1_000;
/** Another process is at it: a moment later it may be over. */
const LOOK_AGAIN_MS = 20;

/** Carries a sweep out, for as long as whoever asked for it may wait; loops do what is left. */
export async function carryOutSweep(
	services: SweepServices,
	which: SweepName,
): Promise<void> {
	const end = performance.now() + ASKER_WAITS_MS;
	while (performance.now() < end) {
		const step = await sweepOnce(services, which);
		if (step?.ended) return;
		if (step) continue;
		if (!(await isUnderWay(services.db, which))) return;
		await sleep(LOOK_AGAIN_MS);
	}
}

function tell(
	{ events, deviceNotices }: SweepServices,
	{ kind, subjectId }: SweepName,
	{ deviceIds, ended }: Chunk,
): void {
	deviceNotices.wantedChanged(deviceIds);
	for (const deviceId of deviceIds)
		events.publish(`device:${deviceId}`, { kind: "changed" });
	if (kind === "cancelBatch" || kind === "rerunBatch")
		events.publish(`batch:${subjectId}`, { kind: "changed" });
	if (ended) events.publish("overview", { kind: "changed" });
}
