import type { Db } from "../../database/db.ts";

/** What a process said of a batch counts for so long: then it must have said it again. */
export const WAITS_COUNT_FOR_MS = 150_000;

/** Why tasks of a batch wait: reason → on how many devices; and what else is to be said. Empty: none waits. */
export type StoredReasons = Readonly<Record<string, unknown>>;

/**
 * Keeps why tasks of batches wait, as one process sees it for its devices. Each process has rows of its own, so that
 * none overwrites what another has seen.
 */
export async function noteBatchWaits(
	db: Db,
	serverId: string,
	waits: ReadonlyMap<string, StoredReasons>,
	now: Date,
): Promise<void> {
	const rows = [...waits].toSorted(([a], [b]) => (a < b ? -1 : 1));
	const isEmpty = (reasons: StoredReasons) => Object.keys(reasons).length === 0;
	const said = rows.filter(([, reasons]) => !isEmpty(reasons));
	const over = rows.flatMap(([id, reasons]) => (isEmpty(reasons) ? id : []));
	if (said.length > 0)
		await db.$executeRaw`
			INSERT INTO "BatchWait" ("batchId", "serverId", "reasons", "notedAt")
			SELECT r.id, ${serverId}, r.reasons, ${now}::timestamptz
			FROM unnest(${said.map(([id]) => id)}::uuid[],
				${said.map(([, reasons]) => JSON.stringify(reasons))}::jsonb[]) AS r(id, reasons)
			JOIN "Batch" b ON b."id" = r.id AND b."state" = 'open'
			ORDER BY r.id
			ON CONFLICT ("batchId", "serverId") DO UPDATE SET "reasons" = EXCLUDED."reasons", "notedAt" = EXCLUDED."notedAt"`;
	if (over.length > 0)
		await db.$executeRaw`
			DELETE FROM "BatchWait" WHERE "serverId" = ${serverId} AND "batchId" = ANY(${over}::uuid[])`;
}

/** The process has nothing to say any more. */
export async function forgetWaitsOf(db: Db, serverId: string): Promise<void> {
	await db.batchWait.deleteMany({ where: { serverId } });
}

/** Deletes what does not count any more: its processes are gone, or its batches have ended. */
export async function forgetOldWaits(db: Db, now: Date): Promise<void> {
	await db.batchWait.deleteMany({
		where: { notedAt: { lt: new Date(now.getTime() - WAITS_COUNT_FOR_MS) } },
	});
}

/** What all processes say of a batch. */
export async function listBatchWaits(
	db: Db,
	batchId: string,
	now: Date,
): Promise<StoredReasons[]> {
	const rows = await db.batchWait.findMany({
		where: {
			batchId,
			notedAt: { gte: new Date(now.getTime() - WAITS_COUNT_FOR_MS) },
		},
		orderBy: { serverId: "asc" },
		select: { reasons: true },
	});
	return rows.map(({ reasons }) => reasons as StoredReasons);
}
