import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prismaFolder } from "../../server/database/list-migrations.ts";
import { migrateDatabase } from "../../server/database/migrate.ts";
import {
	everything,
	withSchemaEngine,
} from "../../server/database/schema-engine.ts";
import { ON_DEVICE_STATES } from "../../server/work-units/task-states.ts";
import { testDatabase } from "../support/test-database.ts";

const database = testDatabase();

test("the migrations amount to exactly what schema.prisma says", async () => {
	const path = join(prismaFolder, "schema.prisma");
	const schema = { path, content: await readFile(path, "utf8") };
	const { stdout } = await withSchemaEngine(database.url, schema, (engine) =>
		engine.diff({
			from: {
				tag: "schemaDatasource",
				files: [schema],
				configDir: prismaFolder,
			},
			to: { tag: "schemaDatamodel", files: [schema] },
			script: true,
			exitCode: true,
			filters: everything,
		}),
	);
	expect(stdout).toContain("This is an empty migration.");
});

test("the index of the tasks on devices has the states of tasks on devices", async () => {
	const { rows } = await database.pool.query(
		"SELECT indexdef FROM pg_indexes WHERE indexname = 'Task_onDevice_idx'",
	);
	const states = [...rows[0].indexdef.matchAll(/'(\w+)'::/g)].map(
		([, state]) => state,
	);
	expect(new Set(states)).toEqual(new Set(ON_DEVICE_STATES));
});

test("several processes may migrate at once, and the work is done once", async () => {
	await database.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	const applied = await Promise.all([
		migrateDatabase(database.url),
		migrateDatabase(database.url),
		migrateDatabase(database.url),
	]);
	const { rows } = await database.pool.query(
		"SELECT migration_name, finished_at IS NOT NULL AS done FROM _prisma_migrations ORDER BY 1",
	);
	expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
	expect(rows.map((row) => row.migration_name)).toEqual(
		applied.flat().toSorted(),
	);
	expect(rows.every((row) => row.done)).toBe(true);
});

test("a database that is up to date is left alone", async () => {
	expect(await migrateDatabase(database.url)).toEqual([]);
});
