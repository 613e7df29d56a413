import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
	EmbeddedDatabase,
	type EmbeddedDatabaseOptions,
} from "../../server/database/embedded-database.ts";
import {
	isProcessRunning,
	processExists,
} from "../../server/database/is-process-running.ts";
import { findPostmaster } from "../../server/database/postmaster.ts";
import { createLogger } from "../../server/logger.ts";

// Made by mkdtemp: nobody else may enter it, as is the case below /root.
let folder: string;
const started: EmbeddedDatabase[] = [];

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-embedded-"));
});

afterEach(async () => {
	for (const database of started.splice(0)) await database.stop();
	await rm(folder, { recursive: true, force: true });
});

async function start(
	options: Partial<EmbeddedDatabaseOptions> = {},
): Promise<EmbeddedDatabase> {
	const database = await EmbeddedDatabase.start({
		folder,
		password: "secret",
		logger: createLogger("silent"),
		profile: "throwaway",
		...options,
	});
	started.push(database);
	return database;
}

async function query(
	{ url }: EmbeddedDatabase,
	sql: string,
): Promise<pg.QueryResult> {
	const client = new pg.Client({ connectionString: url });
	client.on("error", () => undefined);
	await client.connect();
	try {
		return await client.query(sql);
	} finally {
		await client.end().catch(() => undefined);
	}
}

async function runningPid(): Promise<number> {
	const running = await findPostmaster(join(folder, "cluster"));
	if (!running) throw new Error("no server runs");
	return running.pid;
}

test("it starts below a folder that only its owner may enter, and stopping it leaves no process", async () => {
	const database = await start();
	const pid = await runningPid();
	expect((await query(database, "SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
	await database.stop();
	expect(isProcessRunning(pid)).toBe(false);
});

test("what was written is there at the next start, at the same address", async () => {
	const first = await start();
	await query(first, "CREATE TABLE kept AS SELECT 42 AS answer");
	await first.stop();
	const second = await start();
	expect(second.url).toBe(first.url);
	const { rows } = await query(second, "SELECT answer FROM kept");
	expect(rows).toEqual([{ answer: 42 }]);
});

test("a second user of the folder shares the server, and the last one stops it", async () => {
	const [first, second] = [await start(), await start()];
	const pid = await runningPid();
	await first.stop();
	expect(isProcessRunning(pid)).toBe(true);
	await query(second, "SELECT 1");
	await second.stop();
	expect(isProcessRunning(pid)).toBe(false);
});

test("two that start at the same time end up with one server", async () => {
	const [first, second] = await Promise.all([start(), start()]);
	expect(first.url).toBe(second.url);
});

test("a server that is killed comes back by itself with everything that was committed", async () => {
	const database = await start({ profile: "server" });
	await query(database, "CREATE TABLE kept AS SELECT 42 AS answer");
	const killed = await runningPid();
	process.kill(killed, "SIGKILL");
	await vi.waitFor(
		async () => {
			const { rows } = await query(database, "SELECT answer FROM kept");
			expect(rows).toEqual([{ answer: 42 }]);
		},
		{ timeout: 15_000, interval: 50 },
	);
	expect(await runningPid()).not.toBe(killed);
});

test("a lock file that names a process of someone else's does not keep it from starting", async () => {
	const first = await start();
	await first.stop();
	const lockFile = join(folder, "cluster", "postmaster.pid");
	// The number of a killed server often goes to a program of the same account.
	await writeFile(lockFile, `${process.pid}\n${folder}/cluster\n0\n1\n`);
	const second = await start();
	expect((await query(second, "SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
	expect(processExists(process.pid)).toBe(true);
});

test("a wrong password is told in a sentence, and the server goes on for others", async () => {
	const database = await start();
	await expect(start({ password: "another" })).rejects.toThrow(
		"with another password",
	);
	await query(database, "SELECT 1");
});

test("data of another version of PostgreSQL are left alone", async () => {
	const database = await start();
	await database.stop();
	const versionFile = join(folder, "cluster", "PG_VERSION");
	await writeFile(versionFile, "17\n");
	await expect(start()).rejects.toThrow("was made by PostgreSQL 17");
	expect(await readFile(versionFile, "utf8")).toBe("17\n");
});
