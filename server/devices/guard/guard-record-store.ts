import type { GuardRecord } from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";

/** A record as the database has it. Action and reason are from the protocol's lists; they were checked on arrival. */
export interface GuardRecordRow extends Omit<GuardRecord, "at"> {
	deviceId: string;
	at: Date;
}

/**
 * Keeps what a device's guard did, made storable; a record that is known is passed over, and of its tasks only those that were this
 * device's are kept. The record that says that the device is its owner's again ends the request for it, in the same
 * statement. Of a device that has `most` already nothing more is kept until old ones are forgotten: no guard acts so
 * often. Answers the ids of the records that are new.
 */
export async function storeGuardRecords(
	db: Db,
	deviceId: string,
	records: readonly GuardRecord[],
	most = 25_000,
): Promise<Set<string>> {
	const rows = await db.$queryRaw<{ id: string }[]>`
		WITH said AS (
			SELECT * FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS r("id" uuid, "at" timestamptz,
				"action" text, "reason" text, "detail" text, "latencyMs" float8, "taskIds" uuid[])
		), own AS (
			SELECT "id" FROM "Task"
			WHERE "deviceId" = ${deviceId}::uuid AND "id" IN (SELECT unnest(said."taskIds") FROM said)
		), answered AS (
			UPDATE "Device" d SET "yoursNowId" = NULL, "yoursNowImages" = false FROM said
			WHERE d."id" = ${deviceId}::uuid AND said."action" = 'remove' AND d."yoursNowId" = said."id"
		)
		INSERT INTO "GuardRecord" ("id", "deviceId", "at", "action", "reason", "detail", "latencyMs", "taskIds")
		SELECT DISTINCT ON (said."id") said."id", ${deviceId}::uuid, said."at", said."action", said."reason",
			said."detail", said."latencyMs",
			ARRAY(SELECT task FROM unnest(said."taskIds") AS task WHERE task IN (SELECT "id" FROM own))
		FROM said
		WHERE (SELECT count(*) FROM (
			SELECT FROM "GuardRecord" WHERE "deviceId" = ${deviceId}::uuid LIMIT ${most}) kept) < ${most}
		ORDER BY said."id"
		ON CONFLICT ("id") DO NOTHING
		RETURNING "id"`;
	return new Set(rows.map(({ id }) => id));
}

/** A device's records, the newest first; the cursor is the id of the last one of the page before. */
export async function listGuardRecords(
	db: Db,
	deviceId: string,
	page: { cursor?: string | undefined; limit: number },
): Promise<{ items: GuardRecordRow[]; nextCursor?: string }> {
	const rows = await db.$queryRaw<GuardRecordRow[]>`
		SELECT r."id", r."deviceId", r."at", r."action", r."reason", r."detail", r."latencyMs", r."taskIds"
		FROM "GuardRecord" r
		WHERE r."deviceId" = ${deviceId}::uuid AND (${page.cursor ?? null}::uuid IS NULL OR (r."at", r."id") <
			(SELECT c."at", c."id" FROM "GuardRecord" c WHERE c."id" = ${page.cursor ?? null}::uuid))
		ORDER BY r."at" DESC, r."id" DESC LIMIT ${page.limit + 1}`;
	const items = rows.slice(0, page.limit);
	const last = rows.length > page.limit ? items.at(-1) : undefined;
	return last ? { items, nextCursor: last.id } : { items };
}

/** What a device's guard did since a time, in figures. */
export interface GuardFigures {
	freezes: number;
	giveBacks: number;
	/** In which tasks stood frozen. */
	frozenSeconds: number;
	/** From the sample that showed the owner until everything of ours stood still; null when nothing was frozen. */
	freezeP50Ms: number | null;
	freezeP99Ms: number | null;
}

/** Frozen is from a freeze until the next freeze, thaw, give-back or removal; at the latest until now. */
export async function sumGuardRecords(
	db: Db,
	deviceId: string,
	since: Date,
	now: Date,
): Promise<GuardFigures> {
	const [figures] = await db.$queryRaw<GuardFigures[]>`
		SELECT count(*) FILTER (WHERE r."action" = 'freeze')::int AS "freezes",
			count(*) FILTER (WHERE r."action" = 'giveBack')::int AS "giveBacks",
			COALESCE(sum(EXTRACT(EPOCH FROM LEAST(COALESCE(r."next", ${now}), ${now}) - r."at"))
				FILTER (WHERE r."action" = 'freeze'), 0)::float8 AS "frozenSeconds",
			percentile_disc(0.5) WITHIN GROUP (ORDER BY r."latencyMs") FILTER (WHERE r."action" = 'freeze') AS "freezeP50Ms",
			percentile_disc(0.99) WITHIN GROUP (ORDER BY r."latencyMs") FILTER (WHERE r."action" = 'freeze') AS "freezeP99Ms"
		FROM (
			SELECT "action", "at", "latencyMs", lead("at") OVER (ORDER BY "at", "id") AS "next"
			FROM "GuardRecord"
			WHERE "deviceId" = ${deviceId}::uuid AND "at" >= ${since} AND "action" <> 'checkpoint'
		) r`;
	if (!figures) throw new Error("A sum is always one row.");
	return figures;
}

/** The newest record of each action, as far as there is one: enough to say how things stand. */
export function listNewestOfEachAction(
	db: Db,
	deviceId: string,
): Promise<GuardRecordRow[]> {
	return db.$queryRaw`
		SELECT newest.* FROM unnest(ARRAY['freeze', 'thaw', 'checkpoint', 'giveBack', 'remove']) AS a(action)
		CROSS JOIN LATERAL (
			SELECT "id", "deviceId", "at", "action", "reason", "detail", "latencyMs", "taskIds" FROM "GuardRecord"
			WHERE "deviceId" = ${deviceId}::uuid AND "action" = a.action
			ORDER BY "at" DESC, "id" DESC LIMIT 1
		) newest`;
}

/**
 * Forgets records from before `before`, and of each device that said something since `since` all but the newest `most`:
 * the others have no more than when they were last looked at. Answers how many of at most `limit` that it forgets at once.
 */
export function forgetOldGuardRecords(
	db: Db,
	{
		before,
		since,
		most,
		limit,
	}: { before: Date; since: Date; most: number; limit: number },
): Promise<number> {
	return db.$executeRaw`
		DELETE FROM "GuardRecord" WHERE "id" IN (
			SELECT "id" FROM "GuardRecord" WHERE "at" < ${before}
			UNION ALL
			SELECT old."id" FROM (SELECT DISTINCT "deviceId" FROM "GuardRecord" WHERE "at" >= ${since}) d
			CROSS JOIN LATERAL (
				SELECT "id" FROM "GuardRecord" WHERE "deviceId" = d."deviceId"
				ORDER BY "at" DESC, "id" DESC OFFSET ${most}
			) old
			LIMIT ${limit})`;
}
