import { v7 as uuidv7 } from "uuid";
import type { Db } from "../database/db.ts";
import type { WorkUnitPart } from "./cut-work-unit.ts";
import type { PlacementPlan } from "./placement-plan.ts";

interface CutRow {
	id: string;
	batchId: string;
	quorum: number;
	targetCopies: number;
	priority: number;
}

/**
 * Cuts work units, in the transaction that holds their rows: the first part stays the work unit, the rest becomes a new
 * one at the end of the batch, with the same inputs and the same quorum. Only those are cut of which no copy was ever placed, so that all
 * copies of a work unit are of the same piece, and that are still what was to be cut.
 * @returns how many were cut
 */
export async function applyCuts(
	db: Db,
	cuts: PlacementPlan["cuts"],
	now: Date,
): Promise<number> {
	if (cuts.length === 0) return 0;
	const partsOf = new Map(
		cuts.map(({ workUnitId, parts }) => [workUnitId, parts]),
	);
	const wholes = cuts.map(({ whole }) => whole);
	// By batch: two processes that cut take the batches' rows in one order and never wait for each other for ever.
	const rows = await db.$queryRaw<CutRow[]>`
		SELECT w."id", w."batchId", w."quorum", w."targetCopies", b."priority"
		FROM unnest(${cuts.map(({ workUnitId }) => workUnitId)}::uuid[], ${wholes.map(({ share }) => share)}::float8[],
			${wholes.map(({ parameters }) => JSON.stringify(parameters))}::jsonb[]) AS c(id, share, parameters)
		JOIN "WorkUnit" w ON w."id" = c.id AND w."share" = c.share AND w."parameters" = c.parameters
		JOIN "Batch" b ON b."id" = w."batchId"
		WHERE w."state" = 'open'
		AND NOT EXISTS (SELECT 1 FROM "Task" t WHERE t."workUnitId" = w."id" AND t."state" <> 'unsent')
		ORDER BY w."batchId", w."id"`;
	let cut = 0;
	for (const row of rows) {
		const parts = partsOf.get(row.id);
		if (parts && (await cutOne(db, row, parts, now))) cut++;
	}
	return cut;
}

async function cutOne(
	db: Db,
	row: CutRow,
	[kept, rest]: readonly [WorkUnitPart, WorkUnitPart],
	now: Date,
): Promise<boolean> {
	const restId = uuidv7();
	// The batch's row is taken first: two cuts of one batch never give the same index.
	const [batch] = await db.$queryRaw<{ workUnits: number }[]>`
		UPDATE "Batch" SET "workUnits" = "workUnits" + 1 WHERE "id" = ${row.batchId}::uuid AND "state" = 'open' RETURNING "workUnits"`;
	// Somebody cancelled it meanwhile.
	if (!batch) return false;
	await db.$executeRaw`
		UPDATE "WorkUnit" SET "parameters" = ${JSON.stringify(kept.parameters)}::jsonb, "share" = ${kept.share}
		WHERE "id" = ${row.id}::uuid`;
	await db.$executeRaw`
		INSERT INTO "WorkUnit" ("id", "batchId", "index", "parameters", "share", "quorum", "targetCopies", "reviewAt", "createdAt")
		VALUES (${restId}::uuid, ${row.batchId}::uuid, ${batch.workUnits - 1}, ${JSON.stringify(rest.parameters)}::jsonb,
			${rest.share}, ${row.quorum}, ${row.targetCopies}, NULL, ${now})`;
	await db.$executeRaw`
		INSERT INTO "WorkUnitInput" ("workUnitId", "path", "blobSha256", "offset", "bytes", "sha256")
		SELECT ${restId}::uuid, "path", "blobSha256", "offset", "bytes", "sha256" FROM "WorkUnitInput"
		WHERE "workUnitId" = ${row.id}::uuid`;
	const ids = Array.from({ length: row.targetCopies }, () => uuidv7());
	await db.$executeRaw`
		INSERT INTO "Task" ("id", "workUnitId", "batchId", "number", "priority")
		SELECT t.id, ${restId}::uuid, ${row.batchId}::uuid, t.number - 1, ${row.priority}
		FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS t(id, number)`;
	return true;
}
