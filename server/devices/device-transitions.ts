import {
	HEARTBEAT_TIMEOUT_MS,
	type Measurements,
} from "../../agent/core/protocol.ts";
import { type Db, inTransaction } from "../database/db.ts";
import { Prisma } from "../database/generated/client.ts";
import type { DeviceState } from "../database/generated/enums.ts";

/**
 * The life of a device:
 *
 *   pending ──► online ⇄ offline ──► retired
 *      └───────────┴───────────────────▲
 *
 * pending: enrolled, never connected. Paused, draining and blocked are wishes beside the state, not states. Retired is
 * final: the same machine may come back with a new key only.
 *
 * The state is on the device's row, the connection on its presence's, and they agree: a device is online exactly while
 * its presence names a connection. What keeps them so, whoever comes and goes at the same time:
 *   - Whoever changes the state holds the device's row, then its presence's, never the other way round; of many, in the
 *     order of their ids.
 *   - The end of a connection is written to both in one statement, and only if the presence, once it is held, still names
 *     that connection.
 *   - A device that comes back before it was missed is online already, and its row is left alone: the presence is
 *     written, and then the state is read once more. Had the end of the older connection been quicker, it begins anew.
 * So a heartbeat, telemetry and a quick return lock nothing but a presence.
 */
export interface DeviceTransition {
	from: readonly DeviceState[];
	to: DeviceState;
	data?: Prisma.DeviceUpdateManyMutationInput;
}

/** Devices go offline, each with the connection that ended. */
export interface ConnectionEnd extends DeviceTransition {
	/** What is true of the presence `p` as long as it is this connection that ends, and no newer one. */
	connection: Prisma.Sql;
	/** When the device was heard last; absent: as was noted. */
	lastSeenAt?: Date;
}

/** Where a device is connected: the server process, and the connection's own id, new each time. */
export interface DeviceConnection {
	serverId: string;
	connectionId: string;
}

export const deviceConnected: DeviceTransition = {
	from: ["pending", "offline"],
	to: "online",
};

// The end of a connection that was replaced meanwhile says nothing about the device.
export const deviceDisconnected = (
	connectionId: string,
	now: Date,
): ConnectionEnd => ({
	from: ["online"],
	to: "offline",
	connection: Prisma.sql`p."connectionId" = ${connectionId}`,
	lastSeenAt: now,
});

// Whichever server process they were connected to: that process may have died with them. Those that are connected are
// read one and all: an index of when they were heard would make each heartbeat dearer by more than it spares here.
export const deviceFellSilent = (now: Date): ConnectionEnd => ({
	from: ["online"],
	to: "offline",
	connection: Prisma.sql`p."connectionId" IS NOT NULL AND p."lastSeenAt" < ${new Date(now.getTime() - HEARTBEAT_TIMEOUT_MS)}`,
});

export const deviceRetired = (now: Date): DeviceTransition => ({
	from: ["pending", "online", "offline"],
	to: "retired",
	data: { retiredAt: now },
});

/** False when the device has moved on: someone else got there first, and the caller has nothing to undo. */
export async function applyDeviceTransition(
	db: Db,
	deviceId: string,
	{ from, to, data }: DeviceTransition,
): Promise<boolean> {
	const { count } = await db.device.updateMany({
		where: { id: deviceId, state: { in: [...from] } },
		data: { ...data, state: to },
	});
	return count === 1;
}

export interface DeviceAndOwner {
	id: string;
	ownerId: string | null;
}

/**
 * Takes the device offline, or all devices if none is named, whose connection it is that ended. Answers which.
 *
 * `held` and `gone` wait for whoever holds the rows and then look at what these have become; only what is still true
 * is written.
 */
async function endConnections(
	db: Db,
	{ from, to, connection, lastSeenAt }: ConnectionEnd,
	deviceId?: string,
): Promise<DeviceAndOwner[]> {
	return await db.$queryRaw`
		WITH held AS (
			SELECT d."id" FROM "Device" d
			WHERE d."state" = ANY(${[...from]}::"DeviceState"[])
			${deviceId === undefined ? Prisma.empty : Prisma.sql`AND d."id" = ${deviceId}::uuid`}
			AND EXISTS (SELECT FROM "DevicePresence" p WHERE p."deviceId" = d."id" AND ${connection})
			ORDER BY d."id" FOR NO KEY UPDATE
		), gone AS (
			SELECT p."deviceId" AS "id" FROM held JOIN "DevicePresence" p ON p."deviceId" = held."id" WHERE ${connection}
			ORDER BY p."deviceId" FOR NO KEY UPDATE OF p
		), away AS (
			UPDATE "DevicePresence" p SET "serverId" = NULL, "connectionId" = NULL,
				"lastSeenAt" = COALESCE(${lastSeenAt ?? null}, p."lastSeenAt")
			FROM gone WHERE p."deviceId" = gone."id"
		)
		UPDATE "Device" d SET "state" = ${to}::"DeviceState" FROM gone WHERE d."id" = gone."id"
		RETURNING d."id", d."ownerId"`;
}

/** Ends that a new connection may meet with while it begins: its predecessor's, and one for silence. */
const MOST_BEGINNINGS = 3;

/** The state that kept a connection from beginning; none of it is written. */
class NotOnline extends Error {
	readonly state: DeviceState | undefined;

	constructor(state: DeviceState | undefined) {
		super("The device is not online.");
		this.state = state;
	}
}

/** The device is here, through this connection and no other. False when it is retired or unknown. */
export async function connectDevice(
	db: Db,
	deviceId: string,
	connection: DeviceConnection & { now: Date },
): Promise<boolean> {
	for (let beginnings = 0; beginnings < MOST_BEGINNINGS; beginnings++) {
		try {
			await inTransaction(db, (transaction) =>
				beginConnection(transaction, deviceId, connection),
			);
			return true;
		} catch (error) {
			if (!(error instanceof NotOnline)) throw error;
			if (error.state !== "offline") return false;
		}
	}
	throw new Error("The device went offline each time that it connected.");
}

/** @throws NotOnline, so that the transaction is rolled back */
async function beginConnection(
	db: Db,
	deviceId: string,
	{ serverId, connectionId, now }: DeviceConnection & { now: Date },
): Promise<void> {
	const came = await applyDeviceTransition(db, deviceId, deviceConnected);
	await db.$executeRaw`
		INSERT INTO "DevicePresence" ("deviceId", "serverId", "connectionId", "lastSeenAt")
		SELECT "id", ${serverId}, ${connectionId}, ${now} FROM "Device" WHERE "id" = ${deviceId}::uuid
		ON CONFLICT ("deviceId") DO UPDATE SET "serverId" = EXCLUDED."serverId",
			"connectionId" = EXCLUDED."connectionId", "lastSeenAt" = EXCLUDED."lastSeenAt"`;
	if (came) return;
	// Now that the presence is ours, whoever takes the device offline comes after us, or is seen here.
	const device = await db.device.findUnique({
		where: { id: deviceId },
		select: { state: true },
	});
	if (device?.state !== "online") throw new NotOnline(device?.state);
}

/** The connection ended. False, and nothing changed, when another connection has replaced it. */
export async function disconnectDevice(
	db: Db,
	deviceId: string,
	connectionId: string,
	now: Date,
): Promise<boolean> {
	const end = deviceDisconnected(connectionId, now);
	return (await endConnections(db, end, deviceId)).length === 1;
}

/** Takes devices that nobody heard from for {@link HEARTBEAT_TIMEOUT_MS} for gone. Answers which. */
export const markSilentDevicesOffline = (
	db: Db,
	now: Date,
): Promise<DeviceAndOwner[]> => endConnections(db, deviceFellSilent(now));

/** The end of a device, and of its connection. False when it had ended before, or is unknown. */
export const markDeviceRetired = (
	db: Db,
	deviceId: string,
	now: Date,
): Promise<boolean> =>
	inTransaction(db, async (transaction) => {
		if (
			!(await applyDeviceTransition(transaction, deviceId, deviceRetired(now)))
		)
			return false;
		// A statement of its own: the presence may have been made while we waited for the device.
		await transaction.devicePresence.updateMany({
			where: { deviceId },
			data: { serverId: null, connectionId: null },
		});
		return true;
	});

/** Notes that these connections were heard from; one statement for all of them. */
export async function seeDevices(
	db: Db,
	connectionIds: readonly string[],
	now: Date,
): Promise<void> {
	if (connectionIds.length === 0) return;
	await db.$executeRaw`
		WITH heard AS (
			SELECT "deviceId" FROM "DevicePresence" WHERE "connectionId" = ANY(${[...connectionIds]})
			ORDER BY "deviceId" FOR NO KEY UPDATE
		)
		UPDATE "DevicePresence" p SET "lastSeenAt" = ${now} FROM heard WHERE p."deviceId" = heard."deviceId"`;
}

/** Keeps what the device says of itself. False when it is retired or unknown. */
export async function recordMeasurements(
	db: Db,
	deviceId: string,
	measurements: Measurements,
	now: Date,
): Promise<boolean> {
	const { count } = await db.device.updateMany({
		where: { id: deviceId, state: { not: "retired" } },
		data: { ...storable(measurements), measuredAt: now },
	});
	return count === 1;
}

const MAX_INTEGER = 2 ** 31 - 1;

/** The protocol allows sizes and texts that the database has no room for; what a device says of itself is only shown. */
function storable(measurements: Measurements): Measurements {
	const clean = (text: string) =>
		Buffer.from(text.replaceAll("\u0000", "")).toString();
	return {
		...measurements,
		memoryMiB: Math.min(measurements.memoryMiB, MAX_INTEGER),
		diskMiB: Math.min(measurements.diskMiB, MAX_INTEGER),
		processor: clean(measurements.processor),
		operatingSystem: clean(measurements.operatingSystem),
		engine: clean(measurements.engine),
		accelerators: measurements.accelerators.map(({ kind, name }) => ({
			kind: clean(kind),
			name: clean(name),
		})),
	};
}
