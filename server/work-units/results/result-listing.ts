import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { steadyExpiry } from "../../storage/blobs/signed-address.ts";
import { demandBatchAccess, type Viewer } from "../batches/batch-access.ts";
import {
	listResultFiles,
	listResultUnits,
	type ResultPosition,
} from "./result-store.ts";

/** The cursor of a page of result files, as text that means nothing to others. */
const toCursor = ({ index, path }: ResultPosition): string =>
	Buffer.from(`${index}:${path}`).toString("base64url");

function fromCursor(cursor: string | undefined): ResultPosition {
	if (!cursor) return { index: 0, path: "" };
	const match = /^(\d{1,9}):([^\0]{0,512})$/s.exec(
		Buffer.from(cursor, "base64url").toString(),
	);
	if (!match)
		throw new AppError("invalidInput", "This is no cursor of ours.", [
			"cursor",
		]);
	return { index: Number(match[1]), path: match[2] ?? "" };
}

/** A page of a batch's canonical outputs, each with an address to fetch it from. @throws AppError notFound */
export async function listResults(
	services: Services,
	user: Viewer,
	batchId: string,
	page: { cursor?: string | undefined; limit: number },
) {
	await demandBatchAccess(services.db, user, batchId);
	const after = fromCursor(page.cursor);
	const rows = await listResultFiles(
		services.db,
		batchId,
		after,
		page.limit + 1,
	);
	const items = rows.slice(0, page.limit).map((file) => ({
		...file,
		address: signOutput(services, file),
	}));
	const last = items.at(-1);
	return {
		items,
		nextCursor: rows.length > page.limit && last ? toCursor(last) : undefined,
	};
}

/** A page of a batch's work units with their parameters and the addresses of their outputs. @throws AppError notFound */
export async function listResultsByUnit(
	services: Services,
	user: Viewer,
	batchId: string,
	page: { after: number; limit: number },
) {
	await demandBatchAccess(services.db, user, batchId);
	const rows = await listResultUnits(
		services.db,
		batchId,
		page.after,
		page.limit,
	);
	return {
		items: rows.map((unit) => ({
			...unit,
			outputs: unit.outputs.map((output) => ({
				...output,
				address: signOutput(services, { ...output, index: unit.index }),
			})),
		})),
		nextCursor:
			rows.length === page.limit ? String(rows.at(-1)?.index) : undefined,
	};
}

/** Where one output of a work unit can be fetched for a day or two, under a name that says which it is. */
export const signOutput = (
	{ blobs, clock }: Services,
	{ sha256, path, index }: { sha256: string; path: string; index: number },
): string =>
	blobs.signDownload(sha256, {
		expiresAt: steadyExpiry(clock.now()),
		fileName: `${index}-${path.replaceAll("/", "-")}`,
	});
