import { ADVISORY_LOCK_CLASS } from "../../database/advisory-lock.ts";
import type { Db } from "../../database/db.ts";
import type { UploadPurpose } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import type { UploadShare } from "./upload-quota.ts";

/** An upload that was allowed. `sha256` is set once all its bytes are stored. */
export interface UploadRow {
	id: string;
	purpose: UploadPurpose;
	userId: string | null;
	taskId: string | null;
	/** Of a task's: the device that brings it, and whose share it takes. */
	deviceId: string | null;
	name: string;
	bytes: number;
	sha256: string | null;
	expiresAt: Date;
}

/**
 * Until the transaction ends, nobody else counts and adds to what this person, or the devices of this owner, may have
 * open. Held for a few short statements only.
 */
export async function lockUploadShare(tx: Db, personId: string): Promise<void> {
	await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK_CLASS.uploadShare}::int, hashtext(${personId}))`;
}

export async function insertUploads(
	db: Db,
	uploads: readonly Omit<UploadRow, "sha256">[],
): Promise<void> {
	if (uploads.length) await db.upload.createMany({ data: [...uploads] });
}

/** A task's uploads for one use that have not expired, complete or not. */
export async function listUploadsOfTask(
	db: Db,
	taskId: string,
	purpose: UploadPurpose,
	now: Date,
): Promise<UploadRow[]> {
	const rows = await db.upload.findMany({
		where: { taskId, purpose, expiresAt: { gt: now } },
	});
	return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
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

/*
 * An upload takes its share until it is forgotten with its bytes, not only until it expires: what is counted is what
 * lies on the disk, or may yet.
 */

/** A person's uploads that are not complete. */
export async function countUploadsOfPerson(
	db: Db,
	userId: string,
): Promise<UploadShare> {
	const { _count, _sum } = await db.upload.aggregate({
		where: { userId, sha256: null },
		_count: true,
		_sum: { bytes: true },
	});
	return { uploads: _count, bytes: Number(_sum.bytes ?? 0) };
}

/** All that a task brought or may bring, complete or not. */
export async function countUploadsOfTask(
	db: Db,
	taskId: string,
): Promise<UploadShare> {
	const { _count, _sum } = await db.upload.aggregate({
		where: { taskId },
		_count: true,
		_sum: { bytes: true },
	});
	return { uploads: _count, bytes: Number(_sum.bytes ?? 0) };
}

/** What is not complete of one device, and of all devices of its owner together. */
export async function countOpenUploadsOfDevice(
	db: Db,
	deviceId: string,
	ownerId: string,
): Promise<{ device: UploadShare; owner: UploadShare }> {
	const rows = await db.$queryRaw<
		{ own: boolean; uploads: number; bytes: number }[]
	>`
		SELECT u."deviceId" = ${deviceId}::uuid AS "own", count(*)::int AS "uploads", sum(u."bytes")::float8 AS "bytes"
		FROM "Device" d JOIN "Upload" u ON u."deviceId" = d."id" AND u."sha256" IS NULL
		WHERE d."ownerId" = ${ownerId}::uuid OR (d."id" = ${ownerId}::uuid AND d."ownerId" IS NULL)
		GROUP BY 1`;
	const device = rows.find(({ own }) => own) ?? NONE;
	const others = rows.find(({ own }) => !own) ?? NONE;
	return {
		device: { uploads: device.uploads, bytes: device.bytes },
		owner: {
			uploads: device.uploads + others.uploads,
			bytes: device.bytes + others.bytes,
		},
	};
}

const NONE: UploadShare = { uploads: 0, bytes: 0 };

/** Forgets uploads that nobody may go on with. Answers the ids of at most `limit` of them. */
export async function deleteExpiredUploads(
	db: Db,
	now: Date,
	limit: number,
): Promise<string[]> {
	const rows = await db.$queryRaw<{ id: string }[]>`
		DELETE FROM "Upload" WHERE "id" IN (
			SELECT "id" FROM "Upload" WHERE "expiresAt" <= ${now} LIMIT ${limit} FOR UPDATE SKIP LOCKED
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
