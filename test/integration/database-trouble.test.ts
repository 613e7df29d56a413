import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
	databaseTroubleOf,
	isDatabaseAway,
	isDatabaseBusy,
} from "../../server/database/database-trouble.ts";
import {
	createDatabase,
	type Database,
	inTransaction,
	type TimeLimits,
} from "../../server/database/db.ts";
import { EmbeddedDatabase } from "../../server/database/embedded-database.ts";
import { retryConflicts } from "../../server/database/retry-conflicts.ts";
import {
	AgentSession,
	type AgentSocket,
} from "../../server/gateway/agent-session.ts";
import { createDeviceMessages } from "../../server/gateway/device-messages.ts";
import { createLogger } from "../../server/logger.ts";

const logger = createLogger("silent");
let folder: string;
let embedded: EmbeddedDatabase;
let database: Database;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-away-"));
	embedded = await EmbeddedDatabase.start({
		folder,
		password: "secret",
		logger,
		profile: "throwaway",
	});
	database = createDatabase({ url: embedded.url, poolSize: 4, logger });
	await database.pool.query(
		"CREATE TABLE pair (id int PRIMARY KEY, n int NOT NULL); INSERT INTO pair VALUES (1, 0), (2, 0)",
	);
});

afterAll(async () => {
	await database.close();
	await embedded.stop();
	await rm(folder, { recursive: true, force: true });
});

test("a query that is wrong is no database that is away", async () => {
	const error = await failureOf(database.db.$queryRaw`SELECT nothing`);
	expect(databaseTroubleOf(error)).toBeUndefined();
});

test("every connection limits what a statement, a lock and an idle transaction may take", async () => {
	const { db, pool } = database;
	const ask = `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement,
		current_setting('idle_in_transaction_session_timeout') AS idle`;
	const usual = { lock: "5s", statement: "30s", idle: "1min" };
	expect((await pool.query(ask)).rows).toEqual([usual]);
	expect(await db.$queryRawUnsafe(ask)).toEqual([usual]);
	const long = { lockMs: 7_000, statementMs: 90_000 };
	expect(await inTransaction(db, (t) => t.$queryRawUnsafe(ask), long)).toEqual([
		{ ...usual, lock: "7s", statement: "90s" },
	]);
	// For that transaction only.
	expect(await db.$queryRawUnsafe(ask)).toEqual([usual]);
});

test("a statement that takes too long, and a lock that is held too long, are trouble of their own", async () => {
	const hurried = await hurriedDatabase({ statementMs: 300, lockMs: 100 });
	const slow = await failureOf(hurried.pool.query("SELECT pg_sleep(30)"));
	const slowToo = await failureOf(hurried.db.$queryRaw`SELECT pg_sleep(30)`);
	const client = await database.pool.connect();
	await client.query("BEGIN; UPDATE pair SET n = n WHERE id = 1");
	const locked = await failureOf(
		inTransaction(hurried.db, (t) => t.$executeRaw`UPDATE pair SET n = n + 1`),
	);
	await client.query("ROLLBACK");
	client.release();
	expect([slow, slowToo, locked].map(databaseTroubleOf)).toEqual([
		"tooSlow",
		"tooSlow",
		"lockTimeout",
	]);
	await hurried.close();
});

test("transactions that lock each other out are all carried out in the end, each once", async () => {
	const { db, pool } = database;
	let tries = 0;
	const addTo = (first: number, second: number) =>
		inTransaction(db, async (t) => {
			tries++;
			await t.$executeRaw`UPDATE pair SET n = n + 1 WHERE id = ${first}`;
			await t.$executeRaw`SELECT pg_sleep(0.05)`;
			await t.$executeRaw`UPDATE pair SET n = n + 1 WHERE id = ${second}`;
		});
	await pool.query("UPDATE pair SET n = 0");
	await Promise.all([addTo(1, 2), addTo(2, 1)]);
	expect(tries).toBeGreaterThan(2);
	const { rows } = await pool.query("SELECT n FROM pair");
	expect(rows).toEqual([{ n: 2 }, { n: 2 }]);
});

test("what fails for another reason, or again and again, is not tried for ever", async () => {
	let tries = 0;
	const failing = (code: string) =>
		retryConflicts(async () => {
			tries++;
			throw Object.assign(new Error("no"), { code });
		});
	for (const [code, expected] of [
		["23505", 1],
		["40P01", 6],
		["55P03", 3],
	] as const) {
		tries = 0;
		await expect(failing(code)).rejects.toThrow("no");
		expect(tries).toBe(expected);
	}
});

test("when no connection is free the database is busy, not away, and a device's session stays", async () => {
	const small = await hurriedDatabase({ connectionMs: 100 }, 2);
	const held = [await small.pool.connect(), await small.pool.connect()];
	const errors = await Promise.all([
		failureOf(small.db.$queryRaw`SELECT 1`),
		failureOf(small.pool.query("SELECT 1")),
		failureOf(small.db.$transaction((t) => t.$queryRaw`SELECT 1`)),
	]);
	expect(errors.map(isDatabaseAway)).toEqual([false, false, false]);
	expect(errors.map(isDatabaseBusy)).toEqual([true, true, true]);

	const device = aDeviceSocket();
	const session = new AgentSession(
		{ deviceId: "d", ownerId: "o", connectionId: "c" },
		device.socket,
	);
	const messages = createDeviceMessages(logger);
	messages.on(session, "report", z.string(), async (text) => {
		await small.pool.query("SELECT 1");
		return `took ${text}`;
	});
	// Silence: the device will say it again.
	device.say("report", "a result");
	await messages.settled();
	expect(device.answers).toEqual([]);
	expect(device.hungUp()).toBe(false);
	for (const client of held) client.release();
	device.say("report", "a result");
	await messages.settled();
	expect(device.answers).toEqual(["took a result"]);
	await small.close();
});

test("queries that a shutdown breaks off, and those that find no server, say that the database is away", async () => {
	const { db, pool } = database;
	const brokenOff = [
		failureOf(db.$queryRaw`SELECT pg_sleep(30)`),
		failureOf(pool.query("SELECT pg_sleep(30)")),
		failureOf(db.$transaction((t) => t.$queryRaw`SELECT pg_sleep(30)`)),
	];
	await untilSleeping(database, 3);
	await embedded.stop();
	const refused = [
		failureOf(db.$queryRaw`SELECT 1`),
		failureOf(pool.query("SELECT 1")),
		failureOf(db.$transaction((t) => t.$queryRaw`SELECT 1`)),
	];
	const errors = await Promise.all([...brokenOff, ...refused]);
	expect(errors.map(isDatabaseAway)).toEqual(errors.map(() => true));
	expect(errors.map(isDatabaseBusy)).toEqual(errors.map(() => false));
});

const hurriedDatabase = async (limits: Partial<TimeLimits>, poolSize = 4) =>
	createDatabase({ url: embedded.url, poolSize, logger, limits });

/** The server's end of a device's connection, as far as messages need it. */
function aDeviceSocket() {
	const listeners = new Map<string, (...args: unknown[]) => void>();
	const answers: unknown[] = [];
	let hungUp = false;
	const socket = {
		on: (event: string, listener: (...args: unknown[]) => void) =>
			void listeners.set(event, listener),
		disconnect: () => {
			hungUp = true;
		},
	};
	return {
		socket: socket as unknown as AgentSocket,
		answers,
		hungUp: () => hungUp,
		say: (event: string, message: unknown) =>
			listeners.get(event)?.(message, (answer: unknown) =>
				answers.push(answer),
			),
	};
}

const failureOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
	Promise.resolve(promise).then(
		() => "it did not fail",
		(error: unknown) => error,
	);

async function untilSleeping({ pool }: Database, queries: number) {
	for (;;) {
		const { rows } = await pool.query(
			"SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
		);
		if (rows[0].count >= queries) return;
	}
}
