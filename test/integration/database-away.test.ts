import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type Database } from "../../server/database/db.ts";
import { EmbeddedDatabase } from "../../server/database/embedded-database.ts";
import { isDatabaseAway } from "../../server/database/is-database-away.ts";
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
});

afterAll(async () => {
	await database.close();
	await embedded.stop();
	await rm(folder, { recursive: true, force: true });
});

test("a query that is wrong is no database that is away", async () => {
	const error = await failureOf(database.db.$queryRaw`SELECT nothing`);
	expect(isDatabaseAway(error)).toBe(false);
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
});

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
