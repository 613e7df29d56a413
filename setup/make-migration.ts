import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedDatabase } from "../server/database/embedded-database.ts";
import {
	listMigrations,
	prismaFolder,
} from "../server/database/list-migrations.ts";
import {
	everything,
	withSchemaEngine,
} from "../server/database/schema-engine.ts";
import { createLogger } from "../server/logger.ts";

/**
 * `npm run migration -- name`: writes prisma/migrations/<time>_<name>, which
 * takes a database from the migrations so far to prisma/schema.prisma. What they
 * amount to is found by running them on a database made for the purpose.
 */
async function main(): Promise<void> {
	const name = process.argv[2];
	if (!name || !/^[a-z0-9][a-z0-9_-]*$/.test(name)) {
		throw new Error(
			"Say what the migration does: npm run migration -- add_device_tags",
		);
	}
	const sql = await withThrowawayDatabase(findDifference);
	if (sql === undefined) {
		console.log("The migrations already amount to prisma/schema.prisma.");
		return;
	}
	const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
	console.log(
		`Wrote ${await writeMigration(`${time}_${name.replaceAll("-", "_")}`, sql)}. Read it before you commit it.`,
	);
}

async function withThrowawayDatabase<T>(
	use: (url: string) => Promise<T>,
): Promise<T> {
	const folder = await mkdtemp(join(tmpdir(), "lull-migration-"));
	const database = await EmbeddedDatabase.start({
		folder,
		password: "throwaway",
		logger: createLogger("warn"),
		profile: "throwaway",
	});
	try {
		return await use(database.url);
	} finally {
		await database.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

/** Undefined when there is none. The database is empty: the engine runs the migrations on it. */
async function findDifference(url: string): Promise<string | undefined> {
	const path = join(prismaFolder, "schema.prisma");
	const schema = { path, content: await readFile(path, "utf8") };
	const from = { tag: "migrations" as const, ...(await listMigrations()) };
	const { exitCode, stdout } = await withSchemaEngine(url, schema, (engine) =>
		engine.diff({
			from,
			to: { tag: "schemaDatamodel", files: [schema] },
			script: true,
			exitCode: true,
			filters: everything,
		}),
	);
	return exitCode === 2 && stdout ? stdout : undefined;
}

async function writeMigration(name: string, sql: string): Promise<string> {
	const migrations = join(prismaFolder, "migrations");
	const file = join(migrations, name, "migration.sql");
	await mkdir(join(migrations, name), { recursive: true });
	await writeFile(file, sql);
	const lockFile = join(migrations, "migration_lock.toml");
	if (!existsSync(lockFile)) {
		await writeFile(lockFile, 'provider = "postgresql"\n');
	}
	return file;
}

try {
	await main();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
