import {
	type OwnerRules,
	ownerRulesSchema,
	type Platform,
} from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";
import type { Device } from "../../database/generated/client.ts";
import type { TaskState } from "../../database/generated/enums.ts";
import { ON_DEVICE_STATES } from "../task-states.ts";

/** What runs on the device and how the device gets it. */
export interface BuildOnDevice {
	id: string;
	manifest: string | null;
	signature: string | null;
	archiveSha256: string;
	archiveBytes: number;
}

/** A task that the server wants on a device. */
export interface TaskOnDevice {
	id: string;
	deviceId: string;
	workUnitId: string;
	deadlineAt: Date;
	maxFrozenSeconds: number;
	parameters: unknown;
	/** What it goes on from; null for a task that begins at the beginning, also because what was left of it is gone. */
	checkpoint: { sha256: string; bytes: number } | null;
	inputs: {
		path: string;
		blobSha256: string;
		offset: number;
		bytes: number;
		sha256: string;
	}[];
	/** With what is reserved for it on the device. */
	version: { id: string; cores: number; memoryMiB: number; diskMiB: number };
	/** The version's build for the device's platform, chosen when the task was leased. */
	build: BuildOnDevice | undefined;
}

/** What is on the devices now, for their wanted lists, in the order it was leased. */
export async function listTasksOnDevices(
	db: Db,
	deviceIds: readonly string[],
): Promise<TaskOnDevice[]> {
	const rows = await db.$queryRaw<
		(Omit<TaskOnDevice, "build"> & { buildId: string | null })[]
	>`
		SELECT t."id", t."deviceId", t."workUnitId", t."deadlineAt", t."buildId", w."parameters", b."maxFrozenSeconds",
			json_build_object('id', v."id", 'cores', v."cores", 'memoryMiB', v."memoryMiB", 'diskMiB', v."diskMiB") AS "version",
			COALESCE((SELECT json_agg(json_build_object('path', i."path", 'blobSha256', i."blobSha256",
				'offset', i."offset", 'bytes', i."bytes", 'sha256', i."sha256"))
				FROM "WorkUnitInput" i WHERE i."workUnitId" = t."workUnitId"), '[]') AS "inputs",
			(SELECT json_build_object('sha256', c."sha256", 'bytes', c."bytes") FROM "Task" p
				JOIN "Blob" c ON c."sha256" = p."checkpointSha256" WHERE p."id" = t."continuesTaskId") AS "checkpoint"
		FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId" JOIN "Batch" b ON b."id" = t."batchId"
		JOIN "AppVersion" v ON v."id" = b."appVersionId"
		WHERE t."deviceId" = ANY(${deviceIds as string[]}::uuid[])
		AND t."state" = ANY(${[...ON_DEVICE_STATES] as TaskState[]}::"TaskState"[])
		ORDER BY t."leasedAt", t."id"`;
	const builds = await findBuilds(db, [
		...new Set(rows.flatMap(({ buildId }) => buildId ?? [])),
	]);
	return rows.map(({ buildId, ...task }) => ({
		...task,
		build: builds.get(buildId ?? ""),
	}));
}

/** Read apart from the tasks: many tasks share one, and a manifest is long. */
async function findBuilds(
	db: Db,
	ids: readonly string[],
): Promise<Map<string, BuildOnDevice>> {
	if (ids.length === 0) return new Map();
	const builds = await db.$queryRaw<BuildOnDevice[]>`
		SELECT "id", "manifest", "signature", "archiveSha256", "archiveBytes"::float8 AS "archiveBytes"
		FROM "Build" WHERE "id" = ANY(${ids as string[]}::uuid[])`;
	return new Map(builds.map((build) => [build.id, build]));
}

/** What the owner or an admin wants of a device, beside its tasks, and what it is. */
export interface DeviceWishes {
	retired: boolean;
	paused: boolean;
	draining: boolean;
	rules: OwnerRules;
	/** As it measured itself; null: it has not yet. */
	platform: Platform | null;
	/** On one core; null: not measured. */
	floatOpsPerSecond: number | null;
	yoursNow: { id: string; images: boolean } | null;
}

/** A device that an admin blocked is paused, as far as it is concerned. */
export async function listDeviceWishes(
	db: Db,
	deviceIds: readonly string[],
): Promise<Map<string, DeviceWishes>> {
	const devices = await db.$queryRaw<
		Pick<
			Device,
			| "id"
			| "state"
			| "paused"
			| "draining"
			| "blockedReason"
			| "rules"
			| "architecture"
			| "floatOpsPerSecond"
			| "yoursNowId"
			| "yoursNowImages"
		>[]
	>`
		SELECT "id", "state"::text AS "state", "paused", "draining", "blockedReason", "rules",
			"architecture", "floatOpsPerSecond", "yoursNowId", "yoursNowImages"
		FROM "Device" WHERE "id" = ANY(${deviceIds as string[]}::uuid[])`;
	return new Map(
		devices.map(({ id, state, paused, draining, blockedReason, ...device }) => [
			id,
			{
				retired: state === "retired",
				paused: paused || blockedReason !== null,
				draining,
				rules: ownerRulesSchema.parse(device.rules),
				platform: device.architecture as Platform | null,
				floatOpsPerSecond: device.floatOpsPerSecond,
				yoursNow: device.yoursNowId
					? { id: device.yoursNowId, images: device.yoursNowImages }
					: null,
			},
		]),
	);
}
