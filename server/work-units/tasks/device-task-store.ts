import {
	type OwnerRules,
	ownerRulesSchema,
} from "../../../agent/core/protocol.ts";
import type { Db } from "../../database/db.ts";
import type { TaskState } from "../../database/generated/enums.ts";
import { ON_DEVICE_STATES } from "./task-transitions.ts";

/** What an app version asks for and how a device gets it. */
export interface VersionOnDevice {
	id: string;
	cores: number;
	memoryMiB: number;
	diskMiB: number;
	manifest: string | null;
	signature: string | null;
	archiveSha256: string | null;
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
	version: VersionOnDevice;
}

/** What is on the devices now, for their wanted lists, in the order it was leased. */
export async function listTasksOnDevices(
	db: Db,
	deviceIds: readonly string[],
): Promise<TaskOnDevice[]> {
	const rows = await db.$queryRaw<
		(Omit<TaskOnDevice, "version"> & { appVersionId: string })[]
	>`
		SELECT t."id", t."deviceId", t."workUnitId", t."deadlineAt", w."parameters", b."appVersionId", b."maxFrozenSeconds",
			COALESCE((SELECT json_agg(json_build_object('path', i."path", 'blobSha256', i."blobSha256",
				'offset', i."offset", 'bytes', i."bytes", 'sha256', i."sha256"))
				FROM "WorkUnitInput" i WHERE i."workUnitId" = t."workUnitId"), '[]') AS "inputs",
			(SELECT json_build_object('sha256', c."sha256", 'bytes', c."bytes") FROM "Task" p
				JOIN "Blob" c ON c."sha256" = p."checkpointSha256" WHERE p."id" = t."continuesTaskId") AS "checkpoint"
		FROM "Task" t JOIN "WorkUnit" w ON w."id" = t."workUnitId" JOIN "Batch" b ON b."id" = t."batchId"
		WHERE t."deviceId" = ANY(${deviceIds as string[]}::uuid[])
		AND t."state" = ANY(${[...ON_DEVICE_STATES] as TaskState[]}::"TaskState"[])
		ORDER BY t."leasedAt", t."id"`;
	const versions = await findVersions(db, [
		...new Set(rows.map(({ appVersionId }) => appVersionId)),
	]);
	return rows.flatMap(({ appVersionId, ...task }) => {
		const version = versions.get(appVersionId);
		return version ? [{ ...task, version }] : [];
	});
}

async function findVersions(
	db: Db,
	ids: readonly string[],
): Promise<Map<string, VersionOnDevice>> {
	if (ids.length === 0) return new Map();
	const versions = await db.appVersion.findMany({
		where: { id: { in: [...ids] } },
		select: {
			id: true,
			cores: true,
			memoryMiB: true,
			diskMiB: true,
			manifest: true,
			signature: true,
			archiveSha256: true,
			archiveBytes: true,
		},
	});
	return new Map(
		versions.map((version) => [
			version.id,
			{ ...version, archiveBytes: Number(version.archiveBytes ?? 0) },
		]),
	);
}

/** What the owner or an admin wants of a device, beside its tasks. */
export interface DeviceWish {
	retired: boolean;
	paused: boolean;
	draining: boolean;
	rules: OwnerRules;
	yoursNow: { id: string; images: boolean } | null;
}

/** A device that an admin blocked is paused, as far as it is concerned. */
export async function listDeviceWishes(
	db: Db,
	deviceIds: readonly string[],
): Promise<Map<string, DeviceWish>> {
	const devices = await db.device.findMany({
		where: { id: { in: [...deviceIds] } },
		select: {
			id: true,
			state: true,
			paused: true,
			draining: true,
			blockedReason: true,
			rules: true,
			yoursNowId: true,
			yoursNowImages: true,
		},
	});
	return new Map(
		devices.map(({ id, state, paused, draining, blockedReason, ...device }) => [
			id,
			{
				retired: state === "retired",
				paused: paused || blockedReason !== null,
				draining,
				rules: ownerRulesSchema.parse(device.rules),
				yoursNow: device.yoursNowId
					? { id: device.yoursNowId, images: device.yoursNowImages }
					: null,
			},
		]),
	);
}
