import {
	HEARTBEAT_TIMEOUT_MS,
	type Measurements,
} from "../../agent/core/protocol.ts";
import type { Db } from "../database/db.ts";
import type { Prisma } from "../database/generated/client.ts";
import type { DeviceState } from "../database/generated/enums.ts";

/**
 * The life of a device:
 *
 *   pending ──► online ⇄ offline ──► retired
 *      └───────────┴───────────────────▲
 *
 * pending: enrolled, never connected. Paused, draining and blocked are wishes beside the state, not states. Retired is
 * final: the same machine may come back with a new key only.
 */
export interface DeviceTransition {
	from: readonly DeviceState[];
	to: DeviceState;
	data: Prisma.DeviceUpdateManyMutationInput;
	/** Only while the device is still connected through this connection. */
	onConnection?: string;
}

/** Where a device is connected: the server process, and the connection's own id, new each time. */
export interface DeviceConnection {
	serverId: string;
	connectionId: string;
}

// An online device may connect again: its old connection broke without our noticing. The new one replaces it.
export const deviceConnected = (
	{ serverId, connectionId }: DeviceConnection,
	now: Date,
): DeviceTransition => ({
	from: ["pending", "online", "offline"],
	to: "online",
	data: { serverId, connectionId, lastSeenAt: now },
});

// The end of a connection that was replaced meanwhile says nothing about the device.
export const deviceDisconnected = (
	connectionId: string,
	now: Date,
): DeviceTransition => ({
	from: ["online"],
	to: "offline",
	data: { serverId: null, connectionId: null, lastSeenAt: now },
	onConnection: connectionId,
});

export const deviceRetired = (now: Date): DeviceTransition => ({
	from: ["pending", "online", "offline"],
	to: "retired",
	data: { serverId: null, connectionId: null, retiredAt: now },
});

/** False when the device has moved on: someone else got there first, and the caller has nothing to undo. */
export async function applyDeviceTransition(
	db: Db,
	deviceId: string,
	transition: DeviceTransition,
): Promise<boolean> {
	const { from, to, data, onConnection } = transition;
	const { count } = await db.device.updateMany({
		where: {
			id: deviceId,
			state: { in: [...from] },
			...(onConnection === undefined ? {} : { connectionId: onConnection }),
		},
		data: { ...data, state: to },
	});
	return count === 1;
}

/** The device is here, through this connection and no other. False when it is retired or unknown. */
export const connectDevice = (
	db: Db,
	deviceId: string,
	connection: DeviceConnection & { now: Date },
): Promise<boolean> =>
	applyDeviceTransition(
		db,
		deviceId,
		deviceConnected(connection, connection.now),
	);

/** The connection ended. False, and nothing changed, when another connection has replaced it. */
export const disconnectDevice = (
	db: Db,
	deviceId: string,
	connectionId: string,
	now: Date,
): Promise<boolean> =>
	applyDeviceTransition(db, deviceId, deviceDisconnected(connectionId, now));

/** Notes that these connections were heard from; one statement for all of them. */
export async function seeDevices(
	db: Db,
	connectionIds: readonly string[],
	now: Date,
): Promise<void> {
	if (connectionIds.length === 0) return;
	await db.$executeRaw`
		UPDATE "Device" SET "lastSeenAt" = ${now}
		WHERE "connectionId" = ANY(${[...connectionIds]}) AND "state" = 'online'`;
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

export interface DeviceAndOwner {
	id: string;
	ownerId: string;
}

/**
 * Takes devices that nobody heard from for {@link HEARTBEAT_TIMEOUT_MS} for gone, whichever server process they were
 * connected to: that process may have died with them. Answers which.
 */
export const markSilentDevicesOffline = (
	db: Db,
	now: Date,
): Promise<DeviceAndOwner[]> =>
	db.device.updateManyAndReturn({
		where: {
			state: "online",
			lastSeenAt: { lt: new Date(now.getTime() - HEARTBEAT_TIMEOUT_MS) },
		},
		data: { state: "offline", serverId: null, connectionId: null },
		select: { id: true, ownerId: true },
	});
