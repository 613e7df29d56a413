import type { Db } from "../database/db.ts";
import {
	calculateSeconds,
	learnRunTime,
	NO_RECORD,
	type RunTimeRecord,
	type RunTimeRecords,
} from "./estimate-run-time.ts";

/**
 * What the tasks of these app versions took, device by device.
 * @param since only what was learned from then on
 */
export function listRunTimeRows(
	db: Db,
	appVersionIds: readonly string[],
	since = new Date(0),
): Promise<(RunTimeRecord & { appVersionId: string; deviceId: string })[]> {
	return db.$queryRaw`
		SELECT "appVersionId", "deviceId", "count", "logSum", "logSquareSum" FROM "DeviceTrust"
		WHERE "appVersionId" = ANY(${appVersionIds as string[]}::uuid[]) AND "count" > 0 AND "updatedAt" >= ${since}`;
}

/** What the tasks of these app versions took, by version. Versions that never ran are absent. */
export async function listRunTimes(
	db: Db,
	appVersionIds: readonly string[],
): Promise<Map<string, RunTimeRecords>> {
	if (appVersionIds.length === 0) return new Map();
	const rows = await listRunTimeRows(db, appVersionIds);
	const versions = new Map<
		string,
		{ all: RunTimeRecord; byDevice: Map<string, RunTimeRecord> }
	>();
	for (const { appVersionId, deviceId, ...record } of rows) {
		const version = versions.get(appVersionId) ?? {
			all: NO_RECORD,
			byDevice: new Map(),
		};
		version.byDevice.set(deviceId, record);
		version.all = {
			count: version.all.count + record.count,
			logSum: version.all.logSum + record.logSum,
			logSquareSum: version.all.logSquareSum + record.logSquareSum,
		};
		versions.set(appVersionId, version);
	}
	return versions;
}

/** A task that was done, and how long it ran. */
export interface MeasuredRun {
	taskId: string;
	seconds: number;
}

interface RunRow {
	taskId: string;
	appVersionId: string;
	deviceId: string;
	operations: number;
	cores: number;
	floatOpsPerSecond: number | null;
}

/**
 * Learns from tasks that were done on one device from beginning to end: one read and one write for all of them. Two
 * processes that learn of one device at the same moment may lose what one of them learned; an estimate bears that.
 */
export async function noteRunTimes(
	db: Db,
	runs: readonly MeasuredRun[],
	now: Date,
): Promise<void> {
	const rows = await db.$queryRaw<RunRow[]>`
		SELECT t."id" AS "taskId", b."appVersionId", t."deviceId", b."estimatedOperations" * w."share" AS "operations",
			v."cores", d."floatOpsPerSecond"
		FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId" JOIN "Batch" b ON b."id" = t."batchId"
		JOIN "AppVersion" v ON v."id" = b."appVersionId" JOIN "Device" d ON d."id" = t."deviceId"
		WHERE t."id" = ANY(${runs.map(({ taskId }) => taskId)}::uuid[]) AND t."continuesTaskId" IS NULL`;
	const known = await listRunTimes(db, [
		...new Set(rows.map(({ appVersionId }) => appVersionId)),
	]);
	const secondsOf = new Map(
		runs.map(({ taskId, seconds }) => [taskId, seconds]),
	);
	const learned = new Map<string, { row: RunRow; record: RunTimeRecord }>();
	for (const row of rows) {
		const key = `${row.appVersionId} ${row.deviceId}`;
		const record = learnRunTime(
			learned.get(key)?.record ??
				known.get(row.appVersionId)?.byDevice.get(row.deviceId) ??
				NO_RECORD,
			secondsOf.get(row.taskId) ?? Number.NaN,
			calculateSeconds(row.operations, row.floatOpsPerSecond, row.cores),
		);
		learned.set(key, { row, record });
	}
	await writeRecords(db, [...learned.values()], now);
}

/** Rows in the order that all who write trust take them in, so that they never wait for each other for ever. */
async function writeRecords(
	db: Db,
	learned: readonly { row: RunRow; record: RunTimeRecord }[],
	now: Date,
): Promise<void> {
	if (learned.length === 0) return;
	const records = learned.map(({ record }) => record);
	await db.$executeRaw`
		INSERT INTO "DeviceTrust" ("appVersionId", "deviceId", "count", "logSum", "logSquareSum", "updatedAt")
		SELECT r.*, ${now}::timestamptz
		FROM unnest(${learned.map(({ row }) => row.appVersionId)}::uuid[], ${learned.map(({ row }) => row.deviceId)}::uuid[],
			${records.map(({ count }) => count)}::float8[], ${records.map(({ logSum }) => logSum)}::float8[],
			${records.map(({ logSquareSum }) => logSquareSum)}::float8[]) AS r(version, device, count, sum, squares)
		ORDER BY r.device, r.version
		ON CONFLICT ("deviceId", "appVersionId") DO UPDATE SET "count" = EXCLUDED."count", "logSum" = EXCLUDED."logSum",
			"logSquareSum" = EXCLUDED."logSquareSum", "updatedAt" = EXCLUDED."updatedAt"`;
}
