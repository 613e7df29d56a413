import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
	HEARTBEAT_TIMEOUT_MS,
	type Measurements,
} from "../../../agent/core/protocol.ts";
import {
	applyDeviceTransition,
	connectDevice,
	deviceRetired,
	disconnectDevice,
	markSilentDevicesOffline,
	recordMeasurements,
	seeDevices,
} from "../../../server/devices/device-transitions.ts";
import { aDevice } from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
const now = new Date("2026-03-01T12:00:00Z");
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const aConnection = () => ({
	serverId: randomUUID(),
	connectionId: randomUUID(),
	now,
});
const find = (id: string) =>
	database.db.device.findUniqueOrThrow({ where: { id } });

test("a device that connects is online through that connection", async () => {
	const { id } = await aDevice(database.db);
	const connection = aConnection();
	expect(await connectDevice(database.db, id, connection)).toBe(true);
	expect(await find(id)).toMatchObject({
		state: "online",
		serverId: connection.serverId,
		connectionId: connection.connectionId,
		lastSeenAt: now,
	});
});

test("the end of a connection that was replaced leaves the device online", async () => {
	const { id } = await aDevice(database.db);
	const [first, second] = [aConnection(), aConnection()];
	await connectDevice(database.db, id, first);
	await connectDevice(database.db, id, second);
	expect(await disconnectDevice(database.db, id, first.connectionId, now)).toBe(
		false,
	);
	expect(await find(id)).toMatchObject({
		state: "online",
		connectionId: second.connectionId,
	});
});

test("the end of the current connection takes the device offline", async () => {
	const { id } = await aDevice(database.db);
	const connection = aConnection();
	await connectDevice(database.db, id, connection);
	expect(
		await disconnectDevice(database.db, id, connection.connectionId, now),
	).toBe(true);
	expect(await find(id)).toMatchObject({
		state: "offline",
		connectionId: null,
	});
});

test("a retired device never comes back", async () => {
	const { id } = await aDevice(database.db);
	await applyDeviceTransition(database.db, id, deviceRetired(now));
	expect(await connectDevice(database.db, id, aConnection())).toBe(false);
	expect(await find(id)).toMatchObject({ state: "retired", retiredAt: now });
});

test("of two ends of one connection exactly one counts", async () => {
	const { id } = await aDevice(database.db);
	const connection = aConnection();
	await connectDevice(database.db, id, connection);
	const ends = await Promise.all(
		Array.from({ length: 8 }, () =>
			disconnectDevice(database.db, id, connection.connectionId, now),
		),
	);
	expect(ends.filter(Boolean)).toHaveLength(1);
});

test("however retiring and connecting race, the device ends retired and without a connection", async () => {
	for (let round = 0; round < 10; round += 1) {
		const { id } = await aDevice(database.db, { state: "offline" });
		await Promise.all([
			connectDevice(database.db, id, aConnection()),
			applyDeviceTransition(database.db, id, deviceRetired(now)),
			connectDevice(database.db, id, aConnection()),
		]);
		expect(await find(id)).toMatchObject({
			state: "retired",
			connectionId: null,
			serverId: null,
		});
	}
});

describe("a silent device", () => {
	test("is offline once nobody heard from it for the heartbeat's timeout, and is told once", async () => {
		const silent = await aDevice(database.db);
		const heard = await aDevice(database.db);
		const connection = aConnection();
		await connectDevice(database.db, silent.id, aConnection());
		await connectDevice(database.db, heard.id, connection);
		const then = later(HEARTBEAT_TIMEOUT_MS + 1);
		await seeDevices(database.db, [connection.connectionId], then);

		const [one, other] = await Promise.all([
			markSilentDevicesOffline(database.db, then),
			markSilentDevicesOffline(database.db, then),
		]);
		const marked = [...one, ...other].filter(({ id }) =>
			[silent.id, heard.id].includes(id),
		);
		expect(marked).toEqual([{ id: silent.id, ownerId: silent.ownerId }]);
		expect(await find(heard.id)).toMatchObject({
			state: "online",
			lastSeenAt: then,
		});
	});

	test("is still online just before", async () => {
		const { id } = await aDevice(database.db);
		await connectDevice(database.db, id, aConnection());
		await markSilentDevicesOffline(database.db, later(HEARTBEAT_TIMEOUT_MS));
		expect(await find(id)).toMatchObject({ state: "online" });
	});
});

describe("what a device says of itself", () => {
	const measurements: Measurements = {
		architecture: "linux/arm64",
		cores: 4,
		memoryMiB: 3906,
		diskMiB: 20_000,
		processor: "Cortex-A72",
		operatingSystem: "Debian 12",
		engine: "Docker 28.2.2",
		accelerators: [{ kind: "tpu", name: "Coral" }],
		integerOpsPerSecond: 3e9,
		floatOpsPerSecond: 1e9,
	};

	test("is kept", async () => {
		const { id } = await aDevice(database.db);
		expect(await recordMeasurements(database.db, id, measurements, now)).toBe(
			true,
		);
		expect(await find(id)).toMatchObject({ ...measurements, measuredAt: now });
	});

	test("is kept as far as the database has room for it", async () => {
		const { id } = await aDevice(database.db);
		const hostile = {
			...measurements,
			memoryMiB: Number.MAX_SAFE_INTEGER,
			processor: "\u0000\ud800Cortex",
		};
		await recordMeasurements(database.db, id, hostile, now);
		expect(await find(id)).toMatchObject({
			memoryMiB: 2_147_483_647,
			processor: "\ufffdCortex",
		});
	});

	test("is not taken from a retired device", async () => {
		const { id } = await aDevice(database.db, { state: "retired" });
		expect(await recordMeasurements(database.db, id, measurements, now)).toBe(
			false,
		);
	});
});
