import type { Db } from "../../database/db.ts";
import type { UploadPurpose } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";

/** An upload that was allowed. `sha256` is set once all its bytes are stored. */
export interface UploadRow {
	id: string;
	purpose: UploadPurpose;
	userId: string | null;
	taskId: string | null;
	name: string;
	bytes: number;
	sha256: string | null;
	expiresAt: Date;
}

export async function insertUpload(
	db: Db,
	upload: Omit<UploadRow, "sha256">,
): Promise<void> {
	await db.upload.create({ data: upload });
}

export async function findUpload(
	db: Db,
	id: string,
): Promise<UploadRow | undefined> {
	const row = await db.upload.findUnique({ where: { id } });
	return row ? { ...row, bytes: Number(row.bytes) } : undefined;
}

/** The upload if all its bytes are stored and it has not expired. */
export async function findCompletedUpload(
	db: Db,
	id: string,
): Promise<(UploadRow & { sha256: string }) | undefined> {
	const row = await findUpload(db, id);
	if (!row?.sha256 || row.expiresAt < new Date()) return undefined;
	return { ...row, sha256: row.sha256 };
}

/**
 * A person's own upload, complete, for the given use.
 *
 * @throws AppError notFound (also when it is somebody else's), conflict when it is not complete
 */
export async function getOwnUpload(
	db: Db,
	id: string,
	userId: string,
	purpose: UploadPurpose,
): Promise<UploadRow & { sha256: string }> {
	const row = await findUpload(db, id);
	if (!row || row.userId !== userId || row.purpose !== purpose)
		throw new AppError("notFound", "There is no such upload of yours.");
	if (row.expiresAt < new Date())
		throw new AppError("gone", `The upload “${row.name}” has expired.`);
	if (!row.sha256)
		throw new AppError("conflict", `The upload “${row.name}” is not complete.`);
	return { ...row, sha256: row.sha256 };
}

/** False when the upload is gone; setting it twice changes nothing, since the bytes can only be the same. */
export async function markUploadStored(
	db: Db,
	id: string,
	sha256: string,
): Promise<boolean> {
	const { count } = await db.upload.updateMany({
		where: { id, OR: [{ sha256: null }, { sha256 }] },
		data: { sha256 },
	});
	return count === 1;
}

/** What a person's uploads that have not expired take or may yet take. */
export async function countOpenUploads(
	db: Db,
	userId: string,
): Promise<{ uploads: number; bytes: number }> {
	const { _count, _sum } = await db.upload.aggregate({
		where: { userId, sha256: null, expiresAt: { gt: new Date() } },
		_count: true,
		_sum: { bytes: true },
	});
	return { uploads: _count, bytes: Number(_sum.bytes ?? 0) };
}

/** Forgets uploads that nobody may go on with. Answers the ids of at most `limit` of them. */
export async function deleteExpiredUploads(
	db: Db,
	now: Date,
	limit: number,
): Promise<string[]> {
	const rows = await db.$queryRaw<{ id: string }[]>`
		DELETE FROM "Upload" WHERE "id" IN (
			SELECT "id" FROM "Upload" WHERE "expiresAt" < ${now} LIMIT ${limit} FOR UPDATE SKIP LOCKED
		) RETURNING "id"`;
	return rows.map(({ id }) => id);
}

/** How a person's own upload stands. @throws AppError notFound, also when it is somebody else's */
export async function viewOwnUpload(db: Db, id: string, userId: string) {
	const row = await findUpload(db, id);
	if (!row || row.userId !== userId)
		throw new AppError("notFound", "There is no such upload of yours.");
	const { name, bytes, sha256, expiresAt } = row;
	return { uploadId: id, name, bytes, sha256, expiresAt };
}
