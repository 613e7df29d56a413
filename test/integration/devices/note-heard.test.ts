import { EventEmitter } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createDatabase, type Database } from "../../../server/database/db.ts";
import {
	AgentSession,
	type AgentSocket,
} from "../../../server/gateway/agent-session.ts";
import { createDeviceMessages } from "../../../server/gateway/device-messages.ts";
import { noteHeard } from "../../../server/gateway/note-heard.ts";
import { createLogger } from "../../../server/logger.ts";
import { aDevice } from "../../support/factories.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();
const logger = createLogger("silent");
/** Waits for nobody. */
let hasty: Database;

beforeAll(() => {
	hasty = createDatabase({
		url: database.url,
		poolSize: 2,
		logger,
		limits: { lockMs: 20 },
	});
});
afterAll(() => hasty.close());

test("a device that was heard while the database was busy is noted the next time", async () => {
	const { db, pool } = database;
	const longAgo = new Date(Date.now() - 60_000);
	const connectionId = crypto.randomUUID();
	const { id, ownerId } = await aDevice(db, {
		presence: { create: { connectionId, lastSeenAt: longAgo } },
	});
	const socket = new EventEmitter();
	const messages = createDeviceMessages(logger);
	messages.on(
		new AgentSession(
			{ deviceId: id, ownerId, connectionId },
			socket as unknown as AgentSocket,
		),
		"log",
		z.unknown(),
		() => undefined,
	);
	socket.emit("log", {});
	const seenAt = async () =>
		(await db.devicePresence.findUniqueOrThrow({ where: { deviceId: id } }))
			.lastSeenAt;

	const now = new Date();
	const holder = await pool.connect();
	await holder.query("BEGIN");
	await holder.query(
		`SELECT 1 FROM "DevicePresence" WHERE "deviceId" = $1 FOR UPDATE`,
		[id],
	);
	await expect(noteHeard(hasty.db, messages, now)).rejects.toThrow();
	await holder.query("ROLLBACK");
	holder.release();
	expect(await seenAt()).toEqual(longAgo);

	await noteHeard(hasty.db, messages, now);
	expect(await seenAt()).toEqual(now);
});
