import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { createDatabase, type Database } from "../../server/database/db.ts";
import { createLogger } from "../../server/logger.ts";

export type TestDatabase = Pick<Database, "db" | "pool"> & {
	/** For a second connection of one's own, or a server process. */
	url: string;
};

/** Makes an empty database with the current schema; `drop` ends whoever still uses it. */
export async function createTestDatabase(): Promise<
	TestDatabase & { drop(): Promise<void> }
> {
	const name = `test_${Date.now().toString(36)}_${randomBytes(6).toString("hex")}`;
	await onServer(`CREATE DATABASE ${name} TEMPLATE ${inject("testTemplate")}`);
	const address = new URL(inject("testServerUrl"));
	address.pathname = `/${name}`;
	const url = address.href;
	const logger = createLogger("silent");
	const database = createDatabase({ url, poolSize: 10, logger });
	return {
		url,
		db: database.db,
		pool: database.pool,
		async drop() {
			await database.close();
			await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
		},
	};
}

/**
 * Gives the test file that calls it a database of its own, made before its
 * first test and dropped after its last. Read `db`, `pool` and `url` inside tests.
 */
export function testDatabase(): TestDatabase {
	let made: Awaited<ReturnType<typeof createTestDatabase>> | undefined;
	beforeAll(async () => {
		made = await createTestDatabase();
	});
	afterAll(() => made?.drop());
	const get = () => {
		if (!made) throw new Error("The database is there inside tests only.");
		return made;
	};
	return {
		get db() {
			return get().db;
		},
		get pool() {
			return get().pool;
		},
		get url() {
			return get().url;
		},
	};
}

async function onServer(statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: inject("testServerUrl") });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}
