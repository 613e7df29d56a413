import type { Db } from "../../database/db.ts";
import type { WorkUnitState } from "../../database/generated/enums.ts";

/** One file of a work unit's canonical result. */
export interface ResultFile {
	index: number;
	workUnitId: string;
	path: string;
	sha256: string;
	bytes: number;
}

/** Where a page of result files begins: after this one. */
export interface ResultPosition {
	index: number;
	path: string;
}

/** The canonical outputs of a batch by work unit and path. */
export async function listResultFiles(
	db: Db,
	batchId: string,
	after: ResultPosition,
	limit: number,
): Promise<ResultFile[]> {
	const rows = await db.$queryRaw<(ResultFile & { bytes: bigint })[]>`
		SELECT w."index", w."id" AS "workUnitId", o."path", o."sha256", o."bytes"
		FROM "WorkUnit" w JOIN "TaskOutput" o ON o."taskId" = w."canonicalTaskId"
		WHERE w."batchId" = ${batchId}::uuid AND w."index" >= ${after.index}
		AND (w."index", o."path" COLLATE "C") > (${after.index}, ${after.path} COLLATE "C")
		ORDER BY w."index", o."path" COLLATE "C" LIMIT ${limit}`;
	return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** A page of work units with their parameters and, where there is one, their result. */
export interface ResultUnit {
	index: number;
	workUnitId: string;
	state: WorkUnitState;
	failureReason: string | null;
	parameters: Record<string, string>;
	outputs: { path: string; sha256: string; bytes: number }[];
}

/** In the order of their index; `after` is the last index of the page before. */
export async function listResultUnits(
	db: Db,
	batchId: string,
	after: number,
	limit: number,
): Promise<ResultUnit[]> {
	return db.$queryRaw<ResultUnit[]>`
		SELECT w."index", w."id" AS "workUnitId", w."state"::text AS "state", w."failureReason", w."parameters",
			COALESCE(
				(SELECT jsonb_agg(jsonb_build_object('path', o."path", 'sha256', o."sha256", 'bytes', o."bytes")
					ORDER BY o."path" COLLATE "C")
				FROM "TaskOutput" o WHERE o."taskId" = w."canonicalTaskId"), '[]') AS "outputs"
		FROM "WorkUnit" w
		WHERE w."batchId" = ${batchId}::uuid AND w."index" > ${after}
		ORDER BY w."index" LIMIT ${limit}`;
}

/** How many files and bytes the canonical outputs of a batch are. */
export async function measureResults(
	db: Db,
	batchId: string,
): Promise<{ files: number; bytes: number }> {
	const [sums] = await db.$queryRaw<{ files: bigint; bytes: bigint }[]>`
		SELECT count(*) AS "files", COALESCE(sum(o."bytes"), 0)::bigint AS "bytes"
		FROM "WorkUnit" w JOIN "TaskOutput" o ON o."taskId" = w."canonicalTaskId"
		WHERE w."batchId" = ${batchId}::uuid`;
	return { files: Number(sums?.files ?? 0), bytes: Number(sums?.bytes ?? 0) };
}

/** The names of all parameters that work units of the batch have. */
export async function listParameterNames(
	db: Db,
	batchId: string,
): Promise<string[]> {
	const rows = await db.$queryRaw<{ name: string }[]>`
		SELECT DISTINCT jsonb_object_keys("parameters") AS "name" FROM "WorkUnit"
		WHERE "batchId" = ${batchId}::uuid ORDER BY 1`;
	return rows.map(({ name }) => name);
}
