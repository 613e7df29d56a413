import { ADVISORY_LOCK_CLASS } from "../../database/advisory-lock.ts";
import { type Db, inTransaction } from "../../database/db.ts";
import { Prisma } from "../../database/generated/client.ts";
import { retryConflicts } from "../../database/retry-conflicts.ts";
import { AppError } from "../../errors.ts";

/**
 * Keeps others who store or delete the same bytes waiting until this transaction ends. They are more patient than usual:
 * whoever holds a blob may be writing a large file to a slow disk.
 */
export async function lockBlob(db: Db, sha256: string): Promise<void> {
	await db.$executeRaw`
		SELECT set_config('lock_timeout', '25s', true), pg_advisory_xact_lock(${ADVISORY_LOCK_CLASS.blob}::int, hashtext(${sha256}))`;
}

/** Notes that the blob is stored, or stored once more: from now on it has its days of grace again. */
export async function recordBlob(
	db: Db,
	sha256: string,
	bytes: number,
): Promise<void> {
	await db.$executeRaw`
		INSERT INTO "Blob" ("sha256", "bytes", "createdAt") VALUES (${sha256}, ${bytes}::bigint, now())
		ON CONFLICT ("sha256") DO UPDATE SET "createdAt" = now()`;
}

/** True when the blob is stored and its days of grace have hardly begun: storing it again would change nothing. */
export async function isFreshBlob(db: Db, sha256: string): Promise<boolean> {
	const rows = await db.$queryRaw<unknown[]>`
		SELECT 1 FROM "Blob" WHERE "sha256" = ${sha256} AND "createdAt" > now() - interval '1 hour'`;
	return rows.length > 0;
}

/** How long the blob is; undefined when it is not stored. */
export async function findBlobBytes(
	db: Db,
	sha256: string,
): Promise<number | undefined> {
	const blob = await db.blob.findUnique({ where: { sha256 } });
	return blob ? Number(blob.bytes) : undefined;
}

/**
 * Gives blobs that are about to be referred to their days of grace again, so that none vanishes before the reference is
 * committed. Call it BEFORE the transaction that makes the reference.
 *
 * @throws AppError notFound when one is not stored
 */
export async function keepBlobs(
	db: Db,
	sha256s: readonly string[],
): Promise<void> {
	const wanted = [...new Set(sha256s)].sort();
	// In one order, so that two who keep the same blobs never wait for each other for ever.
	const kept = await retryConflicts(
		() => db.$executeRaw`
			WITH held AS (SELECT "sha256" FROM "Blob" WHERE "sha256" = ANY(${wanted}) ORDER BY "sha256" FOR NO KEY UPDATE)
			UPDATE "Blob" b SET "createdAt" = now() FROM held WHERE b."sha256" = held."sha256"`,
	);
	if (kept !== wanted.length)
		throw new AppError("notFound", "Some of the files are no longer stored.");
}

/**
 * Nothing refers to the blob `b`: no input, no output, no app version, no build, no upload that has not expired, no
 * archive of a batch, and no checkpoint of a work unit that is open.
 */
const isUnreferenced = Prisma.sql`
	NOT EXISTS (SELECT FROM "WorkUnitInput" i WHERE i."blobSha256" = b."sha256")
	AND NOT EXISTS (SELECT FROM "TaskOutput" o WHERE o."sha256" = b."sha256")
	AND NOT EXISTS (SELECT FROM "AppVersion" v WHERE v."sourceSha256" = b."sha256")
	AND NOT EXISTS (SELECT FROM "Build" u WHERE u."archiveSha256" = b."sha256")
	AND NOT EXISTS (SELECT FROM "Batch" a WHERE a."archiveSha256" = b."sha256")
	AND NOT EXISTS (SELECT FROM "Upload" u WHERE u."sha256" = b."sha256" AND u."expiresAt" > now())
	AND NOT EXISTS (SELECT FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId"
		WHERE t."checkpointSha256" = b."sha256" AND w."state" = 'open')`;

/** What a look at some blobs found. */
export interface LookedAtBlobs {
	/** Nothing refers to them, and nobody has stored them lately. */
	garbage: { sha256: string; bytes: number }[];
	/** The last one that was looked at; null: there was none left. */
	last: string | null;
}

/**
 * Looks at the next `count` blobs after `after`, in the order of their hashes; the empty text comes before all. In such
 * pieces, because most blobs are needed and stay so: to look at all of them at once takes longer the longer a network runs.
 */
export async function lookForGarbage(
	db: Db,
	olderThan: Date,
	{ after, count }: { after: string; count: number },
): Promise<LookedAtBlobs> {
	const [looked] = await db.$queryRaw<LookedAtBlobs[]>`
		WITH b AS MATERIALIZED (
			SELECT "sha256", "bytes", "createdAt" FROM "Blob" WHERE "sha256" > ${after} ORDER BY "sha256" LIMIT ${count}
		)
		SELECT (SELECT max("sha256") FROM b) AS "last", COALESCE(
			(SELECT json_agg(json_build_object('sha256', b."sha256", 'bytes', b."bytes"))
				FROM b WHERE b."createdAt" < ${olderThan} AND ${isUnreferenced}), '[]') AS "garbage"`;
	return looked ?? { garbage: [], last: null };
}

/**
 * Forgets the blob if it is still garbage, and calls `discard` while whoever wants to store the same bytes waits.
 * False when somebody needs it after all.
 */
export function forgetGarbage(
	db: Db,
	sha256: string,
	olderThan: Date,
	discard: () => Promise<void>,
): Promise<boolean> {
	return inTransaction(db, async (transaction) => {
		await lockBlob(transaction, sha256);
		const deleted = await transaction.$executeRaw`
			DELETE FROM "Blob" b
			WHERE b."sha256" = ${sha256} AND b."createdAt" < ${olderThan} AND ${isUnreferenced}`;
		if (deleted !== 1) return false;
		await discard();
		return true;
	});
}
