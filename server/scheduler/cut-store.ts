import { v7 as uuidv7 } from "uuid";
import { parametersSchema } from "../../agent/protocol.ts";
import type { Db } from "../database/db.ts";
import { cuttingSchema, cutWorkUnit } from "./cut-work-unit.ts";

interface CutRow {
	id: string;
	batchId: string;
	parameters: unknown;
	share: number;
	cutting: unknown;
	targetCopies: number;
	priority: number;
}

/**
 * Cuts work units, in the transaction that holds their rows: the first part stays the work unit, the rest becomes a new
 * one at the end of the batch, with the same inputs. Only those are cut of which no copy was ever placed, so that all
 * copies of a work unit are of the same piece.
 * @param cuts by work unit, the share of the batch's operations that its first part should have
 * @returns how many were cut
 */
export async function applyCuts(
	db: Db,
	cuts: readonly { workUnitId: string; share: number }[],
	now: Date,
): Promise<number> {
	if (cuts.length === 0) return 0;
	const wanted = new Map(cuts.map((cut) => [cut.workUnitId, cut.share]));
	const rows = await db.$queryRaw<CutRow[]>`
		SELECT w."id", w."batchId", w."parameters", w."share", v."cutting", w."targetCopies", b."priority"
		FROM "WorkUnit" w JOIN "Batch" b ON b."id" = w."batchId" JOIN "AppVersion" v ON v."id" = b."appVersionId"
		WHERE w."id" = ANY(${[...wanted.keys()]}::uuid[]) AND w."state" = 'open'
		AND NOT EXISTS (SELECT 1 FROM "Task" t WHERE t."workUnitId" = w."id" AND t."state" <> 'unsent')
		ORDER BY w."id"`;
	let count = 0;
	for (const row of rows) {
		const cutting = cuttingSchema.safeParse(row.cutting);
		const parts =
			cutting.success &&
			cutWorkUnit(
				parametersSchema.parse(row.parameters),
				cutting.data,
				row.share,
				wanted.get(row.id) ?? 0,
			);
		if (!parts) continue;
		await cutOne(db, row, parts, now);
		count++;
	}
	return count;
}

async function cutOne(
	db: Db,
	row: CutRow,
	[kept, rest]: NonNullable<ReturnType<typeof cutWorkUnit>>,
	now: Date,
): Promise<void> {
	const restId = uuidv7();
	// The batch's row is taken first: two cuts of one batch never give the same index.
	const [batch] = await db.$queryRaw<{ workUnits: number }[]>`
		UPDATE "Batch" SET "workUnits" = "workUnits" + 1 WHERE "id" = ${row.batchId}::uuid RETURNING "workUnits"`;
	if (!batch) return;
	await db.$executeRaw`
		UPDATE "WorkUnit" SET "parameters" = ${JSON.stringify(kept.parameters)}::jsonb, "share" = ${kept.share}
		WHERE "id" = ${row.id}::uuid`;
	await db.$executeRaw`
		INSERT INTO "WorkUnit" ("id", "batchId", "index", "parameters", "share", "targetCopies", "reviewAt", "createdAt")
		VALUES (${restId}::uuid, ${row.batchId}::uuid, ${batch.workUnits - 1}, ${JSON.stringify(rest.parameters)}::jsonb,
			${rest.share}, ${row.targetCopies}, NULL, ${now})`;
	await db.$executeRaw`
		INSERT INTO "WorkUnitInput" ("workUnitId", "path", "blobSha256", "offset", "bytes", "sha256")
		SELECT ${restId}::uuid, "path", "blobSha256", "offset", "bytes", "sha256" FROM "WorkUnitInput"
		WHERE "workUnitId" = ${row.id}::uuid`;
	const ids = Array.from({ length: row.targetCopies }, () => uuidv7());
	await db.$executeRaw`
		INSERT INTO "Task" ("id", "workUnitId", "batchId", "number", "priority")
		SELECT t.id, ${restId}::uuid, ${row.batchId}::uuid, t.number - 1, ${row.priority}
		FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS t(id, number)`;
}
