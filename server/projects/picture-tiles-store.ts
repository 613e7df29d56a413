import type { Db } from "../database/db.ts";
import type { PictureLayout } from "./picture-layout.ts";

export interface PictureTile {
	column: number;
	row: number;
	sha256: string;
}

const MOST_TILES = 20_000;

/** The batch whose picture is shown: the newest that was not cancelled. */
export async function findPictureBatch(
	db: Db,
	projectId: string,
): Promise<{ id: string; name: string } | undefined> {
	const batch = await db.batch.findFirst({
		where: { projectId, state: { in: ["open", "done"] } },
		orderBy: { createdAt: "desc" },
		select: { id: true, name: true },
	});
	return batch ?? undefined;
}

/** The tiles that are there so far: canonical outputs, placed by the parameters of their work units. */
export async function listPictureTiles(
	db: Db,
	batchId: string,
	layout: PictureLayout,
): Promise<PictureTile[]> {
	const { tileColumnParameter: column, tileRowParameter: row } = layout;
	// Parameters are text; only whole numbers of at most four digits are cast, so that no other text can fail the query.
	return db.$queryRaw<PictureTile[]>`
		SELECT (w."parameters"->>${column})::int AS "column", (w."parameters"->>${row})::int AS "row", o."sha256"
		FROM "WorkUnit" w JOIN "TaskOutput" o ON o."taskId" = w."canonicalTaskId" AND o."path" = ${layout.file}
		WHERE w."batchId" = ${batchId}::uuid AND w."state" = 'done'
			AND CASE WHEN w."parameters"->>${column} ~ '^[0-9]{1,4}$' AND w."parameters"->>${row} ~ '^[0-9]{1,4}$'
				THEN (w."parameters"->>${column})::int < ${layout.columns}::int AND (w."parameters"->>${row})::int < ${layout.rows}::int
				ELSE false END
		ORDER BY w."index" LIMIT ${MOST_TILES}`;
}
