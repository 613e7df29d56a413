import type { Db } from "../../database/db.ts";
import type { SweepKind } from "../../database/generated/enums.ts";

/** Which long act: there is at most one of a kind for a subject. */
export interface SweepName {
	kind: SweepKind;
	/** A batch, a project or an app version, as the kind says. */
	subjectId: string;
}

export interface SweepRow extends SweepName {
	/** Of a batch: the index of the first work unit that has not been looked at. */
	next: number;
	done: number;
	total: number;
}

/**
 * Notes that a long act is to be carried out, in the transaction that marks its subject, and before that: a chunk holds
 * its sweep before anything else. False when the same is under way already, and goes on.
 */
export async function beginSweep(
	db: Db,
	{ kind, subjectId }: SweepName,
	now: Date,
): Promise<boolean> {
	// Waits for a chunk that may just be the last one.
	const begun = await db.$executeRaw`
		INSERT INTO "Sweep" ("kind", "subjectId", "startedAt", "sweptAt")
		VALUES (${kind}::"SweepKind", ${subjectId}::uuid, ${now}, ${now})
		ON CONFLICT ("kind", "subjectId") DO NOTHING`;
	return begun === 1;
}

/** How many there are to change, for whoever watches. */
export async function setSweepTotal(
	db: Db,
	{ kind, subjectId }: SweepName,
	total: number,
): Promise<void> {
	await db.sweep.update({
		where: { kind_subjectId: { kind, subjectId } },
		data: { total },
	});
}

/**
 * Takes hold of the sweep that waited longest, or of the one that is named, for one chunk in this transaction. Undefined
 * when there is none, or when somebody else is at it.
 */
export async function claimSweep(
	db: Db,
	which?: SweepName,
): Promise<SweepRow | undefined> {
	const [sweep] = await db.$queryRaw<SweepRow[]>`
		SELECT "kind"::text AS "kind", "subjectId", "next", "done", "total" FROM "Sweep"
		WHERE ${which?.kind ?? null}::text IS NULL
		OR ("kind" = ${which?.kind ?? null}::"SweepKind" AND "subjectId" = ${which?.subjectId ?? null}::uuid)
		ORDER BY "sweptAt", "subjectId" LIMIT 1 FOR UPDATE SKIP LOCKED`;
	return sweep;
}

/** A chunk was done: the next one begins at `next`. */
export async function advanceSweep(
	db: Db,
	{ kind, subjectId }: SweepName,
	{ next, changed }: { next: number; changed: number },
	now: Date,
): Promise<void> {
	await db.$executeRaw`
		UPDATE "Sweep" SET "next" = ${next}, "done" = "done" + ${changed}, "sweptAt" = ${now}
		WHERE "kind" = ${kind}::"SweepKind" AND "subjectId" = ${subjectId}::uuid`;
}

export async function endSweep(
	db: Db,
	{ kind, subjectId }: SweepName,
): Promise<void> {
	await db.sweep.deleteMany({ where: { kind, subjectId } });
}

/** False once it is done. */
export const isUnderWay = async (
	db: Db,
	{ kind, subjectId }: SweepName,
): Promise<boolean> =>
	(await db.sweep.count({ where: { kind, subjectId } })) > 0;

/** What is being done to a batch in chunks, and how far it is; null when nothing is. */
export async function findSweepOfBatch(
	db: Db,
	batchId: string,
): Promise<{
	kind: "cancelling" | "rerunning";
	done: number;
	total: number;
} | null> {
	const sweep = await db.sweep.findFirst({
		where: { subjectId: batchId, kind: { in: ["cancelBatch", "rerunBatch"] } },
		// Whatever was going on ends with a cancellation.
		orderBy: { kind: "asc" },
	});
	if (!sweep) return null;
	const { done, total } = sweep;
	const kind = sweep.kind === "cancelBatch" ? "cancelling" : "rerunning";
	return { kind, done: Math.min(done, total), total };
}
