import pg from "pg";
import { ADVISORY_LOCK } from "./advisory-lock.ts";
import { listMigrations } from "./list-migrations.ts";
import {
	everything,
	type MigrationList,
	withSchemaEngine,
} from "./schema-engine.ts";

/**
 * Brings the database to the schema of this version, and answers with the names
 * of the migrations it took. They are recorded as `prisma migrate deploy`
 * records them, so that either may be used on a database the other has made.
 */
export async function migrateDatabase(
	url: string,
	migrationsFolder?: string,
): Promise<string[]> {
	const migrations = await listMigrations(migrationsFolder);
	// Without a limit of time: a migration takes as long as it takes, and whoever starts meanwhile waits for it.
	const guard = new pg.Client({
		connectionString: url,
		lock_timeout: 0,
		statement_timeout: 0,
	});
	guard.on("error", () => undefined); // The engine's own connection will tell.
	await guard.connect();
	try {
		// Whoever starts first migrates; the others find it done.
		await guard.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK.migration]);
		if (await isUpToDate(guard, migrations)) return [];
		return await applyMigrations(url, migrations);
	} finally {
		await guard.end();
	}
}

/** Spares an ordinary start the loading of the engine. Anything unusual is left to it. */
async function isUpToDate(
	client: pg.Client,
	migrations: MigrationList,
): Promise<boolean> {
	const { rows: tables } = await client.query(
		"SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
	);
	if (!tables[0]?.exists) return false;
	const { rows } = await client.query<{ name: string; done: boolean }>(
		"SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL",
	);
	const done = new Set(rows.filter((row) => row.done).map((row) => row.name));
	return (
		rows.length === migrations.migrationDirectories.length &&
		migrations.migrationDirectories.every(({ path }) => done.has(path))
	);
}

async function applyMigrations(
	url: string,
	migrationsList: MigrationList,
): Promise<string[]> {
	const { appliedMigrationNames } = await withSchemaEngine(
		url,
		undefined,
		(engine) => engine.applyMigrations({ migrationsList, filters: everything }),
	);
	return appliedMigrationNames;
}
