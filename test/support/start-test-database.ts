import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { ADVISORY_LOCK } from "../../server/database/advisory-lock.ts";
import { EmbeddedDatabase } from "../../server/database/embedded-database.ts";
import { listMigrations } from "../../server/database/list-migrations.ts";
import { migrateDatabase } from "../../server/database/migrate.ts";
import { createLogger } from "../../server/logger.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** Of the server's database `postgres`, as its superuser. */
		testServerUrl: string;
		/** The migrated, empty database that every test file gets a copy of. */
		testTemplate: string;
	}
}

const folder = join(import.meta.dirname, "..", "..", ".lull-test", "postgres");
/** Copies that a killed run left behind are dropped when they are this old. */
const abandonedAfterMs = 60 * 60_000;

type Running = {
	database: EmbeddedDatabase;
	serverUrl: string;
	template: string;
};
/** The projects of one run load this file each for itself; they share one server all the same. */
const shared = globalThis as { lullTestDatabase?: Promise<Running> };

/**
 * Starts the PostgreSQL server of the tests, or joins the one that another run
 * has started, and sees to its migrated template database.
 */
export default async function startTestDatabase(project: TestProject) {
	shared.lullTestDatabase ??= start();
	const { database, serverUrl, template } = await shared.lullTestDatabase;
	project.provide("testServerUrl", serverUrl);
	project.provide("testTemplate", template);
	return () => database.stop();
}

async function start(): Promise<Running> {
	const database = await startServer().catch(async () => {
		// Its data are thrown away when the machine goes down, and then do not start.
		await rm(folder, { recursive: true, force: true });
		return startServer();
	});
	const serverUrl = databaseUrlOf(database.url, "postgres");
	try {
		const template = await prepareTemplate(serverUrl);
		return { database, serverUrl, template };
	} catch (error) {
		await database.stop();
		throw error;
	}
}

function startServer(): Promise<EmbeddedDatabase> {
	return EmbeddedDatabase.start({
		folder,
		password: "throwaway",
		logger: createLogger("silent"),
		profile: "throwaway",
	});
}

/** Named after the migrations in it, so that a change of them makes a new one. */
async function prepareTemplate(serverUrl: string): Promise<string> {
	const migrations = JSON.stringify(await listMigrations());
	const hash = createHash("sha256").update(migrations).digest("hex");
	const template = `template_${hash.slice(0, 16)}`;
	const client = new pg.Client({ connectionString: serverUrl });
	await client.connect();
	try {
		await client.query("SELECT pg_advisory_lock($1)", [
			ADVISORY_LOCK.testTemplate,
		]);
		await dropAbandoned(client);
		const { rowCount } = await client.query(
			"SELECT 1 FROM pg_database WHERE datname = $1",
			[template],
		);
		if (!rowCount) await makeTemplate(client, serverUrl, template);
	} finally {
		await client.end();
	}
	return template;
}

/** Migrated under another name first: a half-made template is never copied. */
async function makeTemplate(
	client: pg.Client,
	serverUrl: string,
	template: string,
): Promise<void> {
	const draft = `${template}_draft`;
	await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
	await client.query(`CREATE DATABASE ${draft}`);
	await migrateDatabase(databaseUrlOf(serverUrl, draft));
	await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

async function dropAbandoned(client: pg.Client): Promise<void> {
	const { rows } = await client.query<{ datname: string }>(
		"SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'",
	);
	for (const { datname } of rows) {
		const madeAt = Number.parseInt(datname.split("_")[1] ?? "", 36);
		if (Date.now() - madeAt < abandonedAfterMs) continue;
		await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
	}
}

function databaseUrlOf(url: string, name: string): string {
	const address = new URL(url);
	address.pathname = `/${name}`;
	return address.href;
}
