import type { Db } from "../database/db.ts";
import {
	calculateSeconds,
	learnRunTime,
	NO_RECORD,
	type RunTimeRecord,
	type RunTimeRecords,
} from "./estimate-run-time.ts";

/** What the tasks of these app versions took, by version. Versions that never ran are absent. */
export async function listRunTimes(
	db: Db,
	appVersionIds: readonly string[],
): Promise<Map<string, RunTimeRecords>> {
	if (appVersionIds.length === 0) return new Map();
	const rows = await db.runTimeRecord.findMany({
		where: { appVersionId: { in: [...appVersionIds] } },
	});
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

/** Shorter runs say more about the engine than about the program. */
const SHORTEST_SECONDS = 0.2;

/** Learns from a task that was done on one device from beginning to end. */
export async function noteRunTime(
	db: Db,
	taskId: string,
	measuredSeconds: number,
	now: Date,
): Promise<void> {
	if (!(measuredSeconds >= SHORTEST_SECONDS)) return;
	const [task] = await db.$queryRaw<
		{
			appVersionId: string;
			deviceId: string;
			operations: number;
			cores: number;
			floatOpsPerSecond: number | null;
		}[]
	>`
		SELECT b."appVersionId", t."deviceId", b."estimatedOperations" * w."share" AS "operations", v."cores",
			d."floatOpsPerSecond"
		FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId" JOIN "Batch" b ON b."id" = t."batchId"
		JOIN "AppVersion" v ON v."id" = b."appVersionId" JOIN "Device" d ON d."id" = t."deviceId"
		WHERE t."id" = ${taskId}::uuid AND t."continuesTaskId" IS NULL`;
	if (!task) return;
	const key = { appVersionId: task.appVersionId, deviceId: task.deviceId };
	const known = await db.runTimeRecord.findUnique({
		where: { appVersionId_deviceId: key },
	});
	const record = learnRunTime(
		known ?? NO_RECORD,
		measuredSeconds,
		calculateSeconds(task.operations, task.floatOpsPerSecond, task.cores),
	);
	const { count, logSum, logSquareSum } = record;
	// Two reports at once may lose one of the two; an estimate bears that.
	await db.runTimeRecord.upsert({
		where: { appVersionId_deviceId: key },
		create: { ...key, count, logSum, logSquareSum, updatedAt: now },
		update: { count, logSum, logSquareSum, updatedAt: now },
	});
}
