import type { Db } from "../../database/db.ts";
import {
	type PictureLayout,
	parsePictureLayout,
} from "../../projects/picture-layout.ts";
import type { Services } from "../../services.ts";
import { steadyExpiry } from "../../storage/blobs/signed-address.ts";
import { demandBatchAccess, type Viewer } from "../batches/batch-access.ts";
import { getBatch } from "../batches/batch-store.ts";

interface TileRow {
	index: number;
	column: string | null;
	row: string | null;
	sha256: string;
}

/**
 * The tiles of a batch's picture that are there so far, in the order of their work units; `after` is the index of the
 * last one of the page before. A work unit whose parameters name no place in the picture is left out.
 *
 * @throws AppError notFound
 */
export async function listPictureTiles(
	services: Services,
	user: Viewer,
	batchId: string,
	page: { after: number; limit: number },
) {
	const { db } = services;
	await demandBatchAccess(db, user, batchId);
	const { project } = await getBatch(db, batchId);
	const layout = parsePictureLayout(project.picture);
	if (!layout) return { layout: null, items: [] };
	const rows = await findTiles(db, batchId, layout, page);
	return {
		layout: { columns: layout.columns, rows: layout.rows, file: layout.file },
		items: rows.flatMap((row) => toTile(services, layout, row)),
		nextCursor:
			rows.length === page.limit ? String(rows.at(-1)?.index) : undefined,
	};
}

function findTiles(
	db: Db,
	batchId: string,
	layout: PictureLayout,
	{ after, limit }: { after: number; limit: number },
): Promise<TileRow[]> {
	return db.$queryRaw`
		SELECT w."index", w."parameters" ->> ${layout.tileColumnParameter} AS "column",
			w."parameters" ->> ${layout.tileRowParameter} AS "row", o."sha256"
		FROM "WorkUnit" w JOIN "TaskOutput" o ON o."taskId" = w."canonicalTaskId" AND o."path" = ${layout.file}
		WHERE w."batchId" = ${batchId}::uuid AND w."index" > ${after}
		ORDER BY w."index" LIMIT ${limit}`;
}

function toTile(
	{ blobs, clock }: Services,
	layout: PictureLayout,
	tile: TileRow,
) {
	const place = { column: Number(tile.column), row: Number(tile.row) };
	const isInside = (value: number, end: number) =>
		Number.isInteger(value) && value >= 0 && value < end;
	if (tile.column === null || tile.row === null) return [];
	if (
		!isInside(place.column, layout.columns) ||
		!isInside(place.row, layout.rows)
	)
		return [];
	const address = blobs.signDownload(tile.sha256, {
		expiresAt: steadyExpiry(clock.now()),
		fileName: layout.file,
	});
	return [{ ...place, sha256: tile.sha256, address }];
}
