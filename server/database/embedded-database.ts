import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import {
	mkdir,
	open,
	readFile,
	realpath,
	stat,
	truncate,
	writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Logger } from "../logger.ts";
import { ADVISORY_LOCK } from "./advisory-lock.ts";
import { isProcessRunning } from "./is-process-running.ts";
import { makeCluster } from "./make-cluster.ts";
import { choosePostgresAccount } from "./postgres-account.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import {
	type PostgresProfile,
	postgresArguments,
} from "./postgres-settings.ts";
import {
	findPostmaster,
	type Postmaster,
	removeMisleadingPidFile,
} from "./postmaster.ts";

/** Superuser of the embedded server and name of the portal's database. */
const lull = "lull";
const startTimeoutMs = 5 * 60_000;
const stopTimeoutMs = 30_000;
const longestPauseMs = 10_000;
const logLimitBytes = 10 * 1024 * 1024;

export type EmbeddedDatabaseOptions = {
	/** PostgreSQL's own folder; made if it is missing. */
	folder: string;
	password: string;
	logger: Logger;
	profile?: PostgresProfile;
};

/**
 * A PostgreSQL server of our own, in a process of its own that outlives ours.
 *
 *   absent ──start──► serving ──stop──► stopped
 *                      │    ▲
 *         its connection     started or adopted again,
 *               is lost └────┘ after a pause that grows to 10 s
 *
 * Invariants: never two servers on one folder; a server that a killed process
 * of ours left running is taken over, not started again; the last process that
 * uses it stops it; `url` stays true for as long as this object lives.
 */
export class EmbeddedDatabase {
	readonly url: string;
	readonly #options: EmbeddedDatabaseOptions;
	readonly #cluster: string;
	readonly #port: number;
	readonly #stopping = new AbortController();
	/** Tells us at once when the server dies, and others that we use it. */
	#keeper: pg.Client | undefined;
	#recovering: Promise<void> | undefined;

	private constructor(
		options: EmbeddedDatabaseOptions,
		cluster: string,
		port: number,
		keeper: pg.Client,
	) {
		this.#options = options;
		this.#cluster = cluster;
		this.#port = port;
		this.url = databaseUrl(options.password, port, lull);
		this.#watch(keeper);
	}

	/** Resolves when the server answers and its database `lull` exists. */
	static async start(
		options: EmbeddedDatabaseOptions,
	): Promise<EmbeddedDatabase> {
		const cluster = await prepareFolder(options);
		const { keeper, port } = await serve(
			options,
			cluster,
			AbortSignal.timeout(startTimeoutMs),
		);
		await createDatabase(keeper, lull);
		return new EmbeddedDatabase(options, cluster, port, keeper);
	}

	/**
	 * Ends our use of the server. If nobody else uses it, it is shut down cleanly,
	 * and no process is left when this resolves. Calling it again is harmless.
	 */
	async stop(): Promise<void> {
		if (this.#stopping.signal.aborted) return;
		this.#stopping.abort();
		await this.#recovering;
		const keeper = this.#keeper;
		this.#keeper = undefined;
		if (keeper && (await isUsedByOthers(keeper))) return keeper.end();
		await stopServer(this.#cluster);
		// The server ended the connection from its side; ours only has to notice.
		await keeper?.end().catch(() => undefined);
	}

	#watch(keeper: pg.Client): void {
		this.#keeper = keeper;
		let lost = false;
		const onLost = () => {
			if (lost || this.#stopping.signal.aborted) return;
			lost = true;
			this.#keeper = undefined;
			this.#recovering = this.#recover();
		};
		keeper.on("error", onLost);
		keeper.on("end", onLost);
	}

	async #recover(): Promise<void> {
		const { logger } = this.#options;
		const { signal } = this.#stopping;
		logger.error("The embedded database went away; starting it again.");
		for (let pauseMs = 100; !signal.aborted; ) {
			try {
				const { keeper } = await serve(
					this.#options,
					this.#cluster,
					signal,
					this.#port,
				);
				this.#watch(keeper);
				logger.info("The embedded database is back.");
				return;
			} catch (error) {
				if (signal.aborted) return;
				logger.error(
					{ error, pauseMs },
					"The embedded database did not start.",
				);
				await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
				pauseMs = Math.min(pauseMs * 2, longestPauseMs);
			}
		}
	}
}

/** Shuts down whatever server a process that is gone left running on this folder. */
export async function stopAbandonedDatabase(folder: string): Promise<void> {
	await stopServer(join(folder, "cluster"));
}

async function prepareFolder(
	options: EmbeddedDatabaseOptions,
): Promise<string> {
	await mkdir(options.folder, { recursive: true });
	const folder = await realpath(options.folder);
	const cluster = join(folder, "cluster");
	const { initdb, postgres } = await findPostgresBinaries();
	const account = await choosePostgresAccount({ folder, cluster, postgres });
	const { password } = options;
	await makeCluster({ cluster, initdb, account, superuser: lull, password });
	return cluster;
}

/**
 * Finds the server of this cluster or starts it, until one answers that is ours.
 * With `requiredPort` it is only ever started on that port.
 */
async function serve(
	options: EmbeddedDatabaseOptions,
	cluster: string,
	signal: AbortSignal,
	requiredPort?: number,
): Promise<{ keeper: pg.Client; port: number }> {
	let lastProblem: unknown;
	for (let attempt = 0; !signal.aborted; attempt++) {
		const pid = (await findPostmaster(cluster))?.pid;
		const started = pid ?? (await launch(options, cluster, requiredPort));
		try {
			return await connectWhenReady(options, cluster, started, signal);
		} catch (error) {
			lastProblem = error;
			if (isWrongPassword(error)) throw explainWrongPassword(options.folder);
			if (attempt >= 5) break;
			await sleep(200 * (attempt + 1));
		}
	}
	const log = await readLogEnd(options.folder);
	throw new Error(
		`The embedded database in ${options.folder} did not start. The end of its log:\n${log}`,
		{ cause: lastProblem },
	);
}

/** Starts a server in a session of its own, so that neither Ctrl-C nor our death ends it. */
async function launch(
	options: EmbeddedDatabaseOptions,
	cluster: string,
	requiredPort?: number,
): Promise<number> {
	const { folder, profile = "server" } = options;
	await removeMisleadingPidFile(cluster);
	const { postgres } = await findPostgresBinaries();
	const account = await choosePostgresAccount({ folder, cluster, postgres });
	const port = requiredPort ?? (await choosePort(folder));
	const {
		file,
		args,
		options: rights,
	} = account.command(postgres, [
		"-D",
		cluster,
		"-p",
		String(port),
		...postgresArguments(profile),
	]);
	const log = await openLog(folder);
	try {
		const child = spawn(file, args, {
			...rights,
			detached: true,
			stdio: ["ignore", log.fd, log.fd],
		});
		await new Promise((resolve, reject) => {
			child.once("spawn", resolve);
			child.once("error", reject);
		});
		child.unref();
		if (child.pid === undefined) throw new Error("postgres has no process");
		return child.pid;
	} finally {
		await log.close();
	}
}

/** Waits for as long as the process lives: recovery after a crash takes its time. */
async function connectWhenReady(
	options: EmbeddedDatabaseOptions,
	cluster: string,
	pid: number,
	signal: AbortSignal,
): Promise<{ keeper: pg.Client; port: number }> {
	while (!signal.aborted) {
		const running = await findPostmaster(cluster);
		const keeper = running && (await tryToConnect(options.password, running));
		if (running && keeper) {
			await claim(keeper, cluster);
			return { keeper, port: running.port };
		}
		if (!running && !isProcessRunning(pid))
			throw new Error("postgres ended at once");
		await sleep(50);
	}
	throw new Error("the wait for postgres was ended");
}

async function tryToConnect(
	password: string,
	{ port }: Postmaster,
): Promise<pg.Client | undefined> {
	const client = new pg.Client({
		connectionString: databaseUrl(password, port, "postgres"),
		application_name: "lull-keeper",
		keepAlive: true,
		connectionTimeoutMillis: 10_000,
	});
	client.on("error", () => undefined);
	try {
		await client.connect();
		return client;
	} catch (error) {
		await client.end().catch(() => undefined);
		if (isWrongPassword(error)) throw error;
		return undefined;
	}
}

/** Makes sure that it is our cluster that answers on the port, and notes that we use it. */
async function claim(keeper: pg.Client, cluster: string): Promise<void> {
	try {
		const { rows } = await keeper.query(
			"SELECT current_setting('data_directory') AS folder",
		);
		if (rows[0]?.folder !== cluster) {
			throw new Error(`another PostgreSQL answers, of ${rows[0]?.folder}`);
		}
		// Waits while the last user shuts the server down, and then fails with it.
		await keeper.query("SELECT pg_advisory_lock_shared($1)", [
			ADVISORY_LOCK.databaseInUse,
		]);
	} catch (error) {
		await keeper.end().catch(() => undefined);
		throw error;
	}
}

async function isUsedByOthers(keeper: pg.Client): Promise<boolean> {
	try {
		await keeper.query("SELECT pg_advisory_unlock_shared($1)", [
			ADVISORY_LOCK.databaseInUse,
		]);
		const { rows } = await keeper.query(
			"SELECT pg_try_advisory_lock($1) AS alone",
			[ADVISORY_LOCK.databaseInUse],
		);
		return rows[0]?.alone === false;
	} catch {
		return false; // It died this very moment; what is left is cleared away.
	}
}

/** A fast shutdown: open transactions are rolled back, everything committed is kept. */
async function stopServer(cluster: string): Promise<void> {
	const running = await findPostmaster(cluster);
	if (!running) return;
	const deadline = Date.now() + stopTimeoutMs;
	process.kill(running.pid, "SIGINT");
	while (isProcessRunning(running.pid)) {
		// Immediate: as safe as a power cut, which the log is made to recover from.
		if (Date.now() > deadline) process.kill(running.pid, "SIGQUIT");
		await sleep(20);
	}
}

async function createDatabase(client: pg.Client, name: string): Promise<void> {
	const { rowCount } = await client.query(
		"SELECT 1 FROM pg_database WHERE datname = $1",
		[name],
	);
	if (rowCount) return;
	await client.query(`CREATE DATABASE "${name}"`).catch((error) => {
		const alreadyThere = ["42P04", "23505"].includes(error.code);
		if (!alreadyThere) throw error;
	});
}

/** The port of the last time if it is free, so that addresses stay the same; else any. */
async function choosePort(folder: string): Promise<number> {
	const file = join(folder, "port");
	const remembered = Number(await readFile(file, "utf8").catch(() => ""));
	const port = (await freePort(remembered)) ?? (await freePort(0));
	if (port === undefined) throw new Error("No port of 127.0.0.1 is free.");
	if (port !== remembered) await writeFile(file, String(port));
	return port;
}

function freePort(wanted: number): Promise<number | undefined> {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.once("error", () => resolve(undefined));
		probe.listen(wanted, "127.0.0.1", () => {
			const address = probe.address();
			const port = typeof address === "object" ? address?.port : undefined;
			probe.close(() => resolve(port));
		});
	});
}

async function openLog(folder: string) {
	const file = join(folder, "server.log");
	if (existsSync(file) && (await stat(file)).size > logLimitBytes) {
		await truncate(file, 0);
	}
	return open(file, "a", 0o600);
}

async function readLogEnd(folder: string): Promise<string> {
	const log = await readFile(join(folder, "server.log"), "utf8").catch(
		() => "",
	);
	return log.split("\n").slice(-15).join("\n").trim();
}

function databaseUrl(password: string, port: number, name: string): string {
	return `postgresql://${lull}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
}

function isWrongPassword(error: unknown): boolean {
	return (error as { code?: string } | undefined)?.code === "28P01";
}

function explainWrongPassword(folder: string): Error {
	return new Error(
		`The database in ${folder} was made with another password than the one in secrets.json or LULL_DATABASE_PASSWORD.`,
	);
}
