import type { DeviceKind } from "../../agent/core/protocol.ts";
import type { Db } from "../database/db.ts";
import type { DeviceState, Prisma } from "../database/generated/client.ts";
import { AppError } from "../errors.ts";
import { sumTrust } from "../trust/device-trust-store.ts";
import { listStates, ON_DEVICE_STATES } from "../work-units/task-states.ts";
import {
	type DeviceRow,
	type DeviceSummary,
	type DeviceTask,
	type DeviceView,
	type DeviceWork,
	type OwnerSummary,
	summarizeDevice,
	viewDevice,
} from "./device-view.ts";

const withParts = {
	owner: { select: { id: true, name: true } },
	presence: true,
	credit: true,
} as const;

export interface DeviceFilter {
	/** Absent: of all owners. */
	ownerId?: string | undefined;
	state?: DeviceState | undefined;
	kind?: DeviceKind | undefined;
	/** Part of the device's name. */
	search?: string | undefined;
	/** Absent or false: retired devices are left out, unless `state` asks for them. */
	withRetired?: boolean | undefined;
}

/** Newest first; the cursor is the id of the last one of the page before. */
export async function listDevices(
	db: Db,
	filter: DeviceFilter,
	page: { cursor?: string | undefined; limit: number },
	now: Date,
): Promise<{ items: DeviceSummary[]; nextCursor?: string | undefined }> {
	const rows = await db.device.findMany({
		where: { AND: [whereOf(filter), afterCursor(page.cursor)] },
		orderBy: { id: "desc" },
		take: page.limit + 1,
		include: withParts,
	});
	const shown = rows.slice(0, page.limit);
	const work = await findWork(
		db,
		shown.map(({ id }) => id),
	);
	const items = shown.map((row) => summarizeDevice(row, work.get(row.id), now));
	const last = rows.length > page.limit ? shown.at(-1) : undefined;
	return last ? { items, nextCursor: last.id } : { items };
}

function whereOf(filter: DeviceFilter): Prisma.DeviceWhereInput {
	const { ownerId, state, kind, search, withRetired } = filter;
	return {
		...(ownerId && { ownerId }),
		...(kind && { kind }),
		...(state ? { state } : withRetired ? {} : { state: { not: "retired" } }),
		...(search && {
			name: { contains: escapeLike(search), mode: "insensitive" },
		}),
	};
}

const afterCursor = (cursor: string | undefined): Prisma.DeviceWhereInput =>
	cursor ? { id: { lt: cursor } } : {};

/** Prisma passes `contains` on as a pattern: a name with % or _ in it is meant literally. */
const escapeLike = (text: string) => text.replaceAll(/[\\%_]/g, "\\$&");

/** How many devices the owner has in each state; every state is there. */
export async function countDevicesByState(
	db: Db,
	filter: Pick<DeviceFilter, "ownerId">,
): Promise<Record<DeviceState, number>> {
	const groups = await db.device.groupBy({
		by: ["state"],
		where: filter.ownerId ? { ownerId: filter.ownerId } : {},
		_count: true,
	});
	const counts = { pending: 0, online: 0, offline: 0, retired: 0 };
	for (const { state, _count } of groups) counts[state] = _count;
	return counts;
}

/** @throws AppError notFound */
export async function getDevice(
	db: Db,
	deviceId: string,
	now: Date,
): Promise<DeviceView> {
	const row = await getDeviceRow(db, deviceId);
	const work = await findWork(db, [deviceId]);
	const trust = await sumTrust(db, deviceId);
	return viewDevice(row, work.get(deviceId), trust, now);
}

async function getDeviceRow(db: Db, deviceId: string): Promise<DeviceRow> {
	const row = await db.device.findUnique({
		where: { id: deviceId },
		include: withParts,
	});
	if (!row) throw deviceNotFound();
	return row;
}

/** Also what a stranger is told: that a device exists is nobody else's business. */
export const deviceNotFound = () =>
	new AppError("notFound", "There is no such device.");

/** Enough to decide who may do what. */
export const findDeviceOwner = (
	db: Db,
	deviceId: string,
): Promise<{ id: string; ownerId: string | null; name: string } | null> =>
	db.device.findUnique({
		where: { id: deviceId },
		select: { id: true, ownerId: true, name: true },
	});

/** Writes the owner's or an admin's wishes. False when the device is retired: nothing changes then. */
export async function updateLivingDevice(
	db: Db,
	deviceId: string,
	data: Prisma.DeviceUpdateManyMutationInput,
): Promise<boolean> {
	const { count } = await db.device.updateMany({
		where: { id: deviceId, state: { not: "retired" } },
		data,
	});
	return count === 1;
}

/**
 * The review looks at once at the work units whose tasks a retired device leaves behind. Their rows are taken in one
 * order, as everywhere, so that two writers never wait for each other.
 */
export async function requestReviewOfTasks(
	db: Db,
	deviceId: string,
	now: Date,
): Promise<void> {
	await db.$executeRaw`
		WITH due AS (
			SELECT "id" FROM "WorkUnit" WHERE "id" IN (
				SELECT "workUnitId" FROM "Task"
				WHERE "deviceId" = ${deviceId}::uuid AND "state" IN ${listStates(ON_DEVICE_STATES)})
			ORDER BY "id" FOR NO KEY UPDATE)
		UPDATE "WorkUnit" unit SET "reviewAt" = LEAST(unit."reviewAt", ${now})
		FROM due WHERE unit."id" = due."id"`;
}

/** The device's tasks, the newest lease first; the cursor is the id of the last one of the page before. */
export async function listTasksOfDevice(
	db: Db,
	deviceId: string,
	page: { cursor?: string | undefined; limit: number },
): Promise<{ items: DeviceTask[]; nextCursor?: string | undefined }> {
	const rows = await db.task.findMany({
		where: { deviceId, ...(page.cursor && { id: { lt: page.cursor } }) },
		orderBy: { id: "desc" },
		take: page.limit + 1,
		select: {
			id: true,
			state: true,
			progress: true,
			leasedAt: true,
			startedAt: true,
			finishedAt: true,
			runSeconds: true,
			errorCode: true,
			grantedCredit: true,
			batch: {
				select: {
					id: true,
					name: true,
					project: { select: { id: true, name: true, slug: true } },
				},
			},
		},
	});
	const items = rows
		.slice(0, page.limit)
		.map(({ batch: { project, ...batch }, ...task }) => ({
			...task,
			batch,
			project,
		}));
	const last = rows.length > page.limit ? items.at(-1) : undefined;
	return last ? { items, nextCursor: last.id } : { items };
}

/** Devices that are online, by kind and by architecture. */
export async function countOnlineDevices(db: Db): Promise<{
	online: number;
	byKind: Record<string, number>;
	byArchitecture: Record<string, number>;
}> {
	const groups = await db.device.groupBy({
		by: ["kind", "architecture"],
		where: { state: "online" },
		_count: true,
	});
	const counts = {
		online: 0,
		byKind: {} as Record<string, number>,
		byArchitecture: {} as Record<string, number>,
	};
	for (const { kind, architecture, _count } of groups) {
		const known = architecture ?? "unknown";
		counts.online += _count;
		counts.byKind[kind] = (counts.byKind[kind] ?? 0) + _count;
		counts.byArchitecture[known] = (counts.byArchitecture[known] ?? 0) + _count;
	}
	return counts;
}

/** An owner's devices in sum. */
export async function summarizeOwner(
	db: Db,
	ownerId: string,
): Promise<OwnerSummary> {
	const [states, cores, tasks] = await Promise.all([
		countDevicesByState(db, { ownerId }),
		db.device.aggregate({
			where: { ownerId, state: "online" },
			_sum: { cores: true },
		}),
		db.task.count({
			where: {
				device: { ownerId },
				state: { in: [...ON_DEVICE_STATES] },
			},
		}),
	]);
	return { ...states, cores: cores._sum.cores ?? 0, activeTasks: tasks };
}

/** What each of these devices computes now; devices that compute nothing are absent. */
async function findWork(
	db: Db,
	deviceIds: string[],
): Promise<Map<string, DeviceWork>> {
	if (deviceIds.length === 0) return new Map();
	const rows = await db.$queryRaw<
		{ deviceId: string; activeTasks: number; projects: string[] }[]
	>`
		SELECT task."deviceId", count(*)::int AS "activeTasks",
			array_agg(DISTINCT project."name") AS "projects"
		FROM "Task" task
		JOIN "Batch" batch ON batch."id" = task."batchId"
		JOIN "Project" project ON project."id" = batch."projectId"
		WHERE task."deviceId" = ANY(${deviceIds}::uuid[])
			AND task."state" IN ${listStates(ON_DEVICE_STATES)}
		GROUP BY task."deviceId"`;
	return new Map(
		rows.map(({ deviceId, activeTasks, projects }) => [
			deviceId,
			{ activeTasks, projects },
		]),
	);
}
