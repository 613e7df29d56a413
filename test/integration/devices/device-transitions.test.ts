import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
	HEARTBEAT_TIMEOUT_MS,
	type Measurements,
} from "../../../agent/core/protocol.ts";
import {
	connectDevice,
	disconnectDevice,
	markDeviceRetired,
	markSilentDevicesOffline,
	recordMeasurements,
	seeDevices,
} from "../../../server/devices/device-transitions.ts";
import { storeTelemetry } from "../../../server/telemetry/telemetry-store.ts";
import { aDevice } from "../../support/device-factory.ts";
import { testDatabase } from "../../support/test-database.ts";
import { until } from "../../support/until.ts";

const database = testDatabase();
const now = new Date("2026-03-01T12:00:00Z");
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const aConnection = () => ({
	serverId: randomUUID(),
	connectionId: randomUUID(),
	now,
});
const aSample = (at: Date) => ({
	t: at.getTime(),
	dutyCpu: 12,
	oursCpu: 40,
	dutyMemory: 30,
	oursMemory: 5,
	diskFreeMiB: 1000,
	temperature: 50,
	load: 1,
});
/** The device with what its presence says. */
async function find(id: string) {
	const { presence, ...device } = await database.db.device.findUniqueOrThrow({
		where: { id },
		include: { presence: true },
	});
	return { connectionId: null, serverId: null, ...presence, ...device };
}

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
	await markDeviceRetired(database.db, id, now);
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
			markDeviceRetired(database.db, id, now),
			connectDevice(database.db, id, aConnection()),
		]);
		expect(await find(id)).toMatchObject({
			state: "retired",
			connectionId: null,
			serverId: null,
		});
	}
});

describe("while somebody else has a row of the device", () => {
	/** In a transaction that has executed the statement, with the device's id; `release` commits it. */
	async function whileHeld(
		statement: string,
		id: string,
		work: (release: () => Promise<void>) => Promise<void>,
	): Promise<void> {
		const holder = await database.pool.connect();
		try {
			await holder.query("BEGIN");
			await holder.query(statement, [id]);
			await work(async () => void (await holder.query("COMMIT")));
		} finally {
			await holder.query("ROLLBACK");
			holder.release();
		}
	}
	const DEVICE = `SELECT FROM "Device" WHERE "id" = $1 FOR NO KEY UPDATE`;
	const PRESENCE = `SELECT FROM "DevicePresence" WHERE "deviceId" = $1 FOR NO KEY UPDATE`;

	const waiting = (howMany: number) =>
		until(`${howMany} statements wait for a row`, async () => {
			const { rows } = await database.pool.query(
				"SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
			);
			return rows.length === howMany;
		});

	test("heartbeats, telemetry, a quick return and the end of what it replaced wait for nobody", async () => {
		const { id } = await aDevice(database.db);
		const [first, second] = [aConnection(), aConnection()];
		await connectDevice(database.db, id, first);
		await whileHeld(DEVICE, id, async () => {
			await seeDevices(database.db, [first.connectionId], later(1000));
			await storeTelemetry(
				database.db,
				id,
				{ samples: [aSample(later(1000))] },
				later(2000),
			);
			await connectDevice(database.db, id, { ...second, now: later(3000) });
			await disconnectDevice(database.db, id, first.connectionId, later(4000));
		});
		expect(await find(id)).toMatchObject({
			state: "online",
			connectionId: second.connectionId,
			lastSeenAt: later(3000),
			dutyCpu: 12,
			sampledAt: later(1000),
		});
	});

	test("a new connection that finds the old one's end before it takes the device online again", async () => {
		const { id } = await aDevice(database.db);
		const [first, second] = [aConnection(), aConnection()];
		await connectDevice(database.db, id, first);
		let ends: Promise<unknown[]> | undefined;
		await whileHeld(PRESENCE, id, async (release) => {
			const end = disconnectDevice(database.db, id, first.connectionId, now);
			await waiting(1);
			const beginning = connectDevice(database.db, id, second);
			await waiting(2);
			ends = Promise.all([end, beginning]);
			await release();
		});
		expect(await ends).toEqual([true, true]);
		expect(await find(id)).toMatchObject({
			state: "online",
			connectionId: second.connectionId,
		});
	});

	test("an old connection's end that finds the new one before it changes nothing", async () => {
		const { id } = await aDevice(database.db);
		const [first, second] = [aConnection(), aConnection()];
		await connectDevice(database.db, id, first);
		let ends: Promise<unknown[]> | undefined;
		await whileHeld(PRESENCE, id, async (release) => {
			const beginning = connectDevice(database.db, id, second);
			await waiting(1);
			const end = disconnectDevice(database.db, id, first.connectionId, now);
			await waiting(2);
			ends = Promise.all([beginning, end]);
			await release();
		});
		expect(await ends).toEqual([true, false]);
		expect(await find(id)).toMatchObject({
			state: "online",
			connectionId: second.connectionId,
		});
	});

	test("a device that is heard at the last moment is not silent", async () => {
		const { id } = await aDevice(database.db);
		await connectDevice(database.db, id, aConnection());
		const then = later(HEARTBEAT_TIMEOUT_MS + 1);
		const heard = `UPDATE "DevicePresence" SET "lastSeenAt" = '${then.toISOString()}' WHERE "deviceId" = $1`;
		let marked: Promise<unknown> | undefined;
		await whileHeld(heard, id, async (release) => {
			marked = markSilentDevicesOffline(database.db, then);
			await waiting(1);
			await release();
		});
		expect(await marked).not.toContainEqual(expect.objectContaining({ id }));
		expect(await find(id)).toMatchObject({ state: "online", lastSeenAt: then });
	});
});

test("whatever comes and goes at once, devices are online exactly while they have a connection", async () => {
	const devices = await Promise.all(
		Array.from({ length: 6 }, () => aDevice(database.db)),
	);
	const ids = devices.map(({ id }) => id);
	const silentAt = later(HEARTBEAT_TIMEOUT_MS + 1);
	for (let round = 0; round < 12; round += 1) {
		const connections = ids.flatMap((id) => [
			{ id, ...aConnection() },
			{ id, ...aConnection() },
		]);
		const known = connections.map(({ connectionId }) => connectionId);
		await Promise.all([
			...connections.map(async ({ id, ...connection }, index) => {
				await connectDevice(database.db, id, connection);
				if ((index + round) % 3 === 0)
					await disconnectDevice(database.db, id, connection.connectionId, now);
			}),
			markSilentDevicesOffline(database.db, silentAt),
			seeDevices(database.db, known.toReversed(), silentAt),
			markSilentDevicesOffline(database.db, silentAt),
			seeDevices(database.db, known, silentAt),
			...(round === 8
				? ids.slice(0, 2).map((id) => markDeviceRetired(database.db, id, now))
				: []),
		]);
		for (const { state, connectionId, serverId } of await Promise.all(
			ids.map(find),
		)) {
			expect(connectionId !== null).toBe(state === "online");
			expect(serverId !== null).toBe(state === "online");
		}
	}
	const states = (await Promise.all(ids.map(find))).map(({ state }) => state);
	expect(states.slice(0, 2)).toEqual(["retired", "retired"]);
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
