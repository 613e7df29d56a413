import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MigrationList } from "./schema-engine.ts";

/** Where the project's schema and migrations are. */
export const prismaFolder = join(import.meta.dirname, "..", "..", "prisma");

/** The folder of migrations in the form that the schema engine reads, oldest first. */
export async function listMigrations(
	folder = join(prismaFolder, "migrations"),
): Promise<MigrationList> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(
		() => [],
	);
	const names = entries
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name)
		.sort();
	return {
		baseDir: folder,
		lockfile: {
			path: "./migration_lock.toml",
			content: 'provider = "postgresql"\n',
		},
		shadowDbInitScript: "",
		migrationDirectories: await Promise.all(
			names.map(async (name) => ({
				path: name,
				migrationFile: {
					path: "migration.sql",
					content: {
						tag: "ok" as const,
						value: await readFile(join(folder, name, "migration.sql"), "utf8"),
					},
				},
			})),
		),
	};
}
