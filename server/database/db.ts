import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Logger } from "../logger.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";
import { retryConflicts } from "./retry-conflicts.ts";
import { createStatementNamer } from "./statement-namer.ts";

/** What stores take first: the database, or a transaction on it. */
export type Db = Prisma.TransactionClient;

/** Prisma and, for hot paths and COPY, bare SQL over the same connections. */
export type Database = {
	db: PrismaClient;
	pool: pg.Pool;
	/** Waits for queries that run, then closes all connections. */
	close(): Promise<void>;
};

/** How long something may take, so that nothing that goes wrong holds up everything else. Milliseconds. */
export type TimeLimits = {
	/** Waiting for a connection of this process's pool. */
	connectionMs: number;
	/** Waiting for a lock that somebody else holds. */
	lockMs: number;
	/** One statement, its waits included. */
	statementMs: number;
	/** A transaction in which nothing happens, because whoever began it has stopped. */
	idleInTransactionMs: number;
};

/** For ordinary work. What needs longer says so: see {@link inTransaction}. */
const TIME_LIMITS: TimeLimits = {
	connectionMs: 10_000,
	lockMs: 5_000,
	statementMs: 30_000,
	idleInTransactionMs: 60_000,
};
/** A whole transaction of ordinary work. */
const TRANSACTION_MS = 60_000;

export type DatabaseOptions = {
	url: string;
	/** The most connections that this process opens. */
	poolSize: number;
	logger: Logger;
	/** Other limits than the usual ones. */
	limits?: Partial<TimeLimits>;
};

/** Connects when it is first used; a database that is away makes queries fail, never the process. */
export function createDatabase(options: DatabaseOptions): Database {
	const limits = { ...TIME_LIMITS, ...options.limits };
	const pool = new pg.Pool({
		connectionString: options.url,
		max: options.poolSize,
		application_name: "lull",
		keepAlive: true,
		connectionTimeoutMillis: limits.connectionMs,
		idleTimeoutMillis: 60_000,
		lock_timeout: limits.lockMs,
		statement_timeout: limits.statementMs,
		idle_in_transaction_session_timeout: limits.idleInTransactionMs,
	});
	pool.on("error", (error) =>
		options.logger.warn({ err: error }, "A database connection was lost."),
	);
	const adapter = new PrismaPg(pool, {
		statementNameGenerator: createStatementNamer(),
	});
	const db = new PrismaClient({
		adapter,
		transactionOptions: {
			maxWait: limits.connectionMs,
			timeout: TRANSACTION_MS,
		},
	});
	return {
		db,
		pool,
		async close() {
			await db.$disconnect();
			await pool.end();
		},
	};
}

/**
 * Runs the work in the transaction that `db` is, or in a new one if it is none. A new one that meets a deadlock or a lock
 * that is held for too long is undone and run again a few times, so the work must change nothing but the database, or
 * bear being done twice. `limits` are for work that may take longer than most.
 */
export async function inTransaction<T>(
	db: Db,
	work: (transaction: Db) => Promise<T>,
	limits: Partial<Pick<TimeLimits, "lockMs" | "statementMs">> = {},
): Promise<T> {
	const whole = db as Partial<PrismaClient>;
	if (typeof whole.$transaction !== "function") return work(db);
	const timeout =
		TRANSACTION_MS + (limits.lockMs ?? 0) + (limits.statementMs ?? 0);
	return retryConflicts(() =>
		(db as PrismaClient).$transaction(
			async (transaction) => {
				await setLimits(transaction, limits);
				return work(transaction);
			},
			{ timeout },
		),
	);
}

/** Until the end of the transaction. */
async function setLimits(
	transaction: Db,
	{ lockMs, statementMs }: Partial<TimeLimits>,
): Promise<void> {
	if (lockMs !== undefined)
		await transaction.$executeRaw`SELECT set_config('lock_timeout', ${String(lockMs)}, true)`;
	if (statementMs !== undefined)
		await transaction.$executeRaw`SELECT set_config('statement_timeout', ${String(statementMs)}, true)`;
}
