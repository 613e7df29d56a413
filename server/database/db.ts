import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Logger } from "../logger.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";

/** What stores take first: the database, or a transaction on it. */
export type Db = Prisma.TransactionClient;

/** Prisma and, for hot paths and COPY, bare SQL over the same connections. */
export type Database = {
	db: PrismaClient;
	pool: pg.Pool;
	/** Waits for queries that run, then closes all connections. */
	close(): Promise<void>;
};

export type DatabaseOptions = {
	url: string;
	/** The most connections that this process opens. */
	poolSize: number;
	logger: Logger;
};

/** Connects when it is first used; a database that is away makes queries fail, never the process. */
export function createDatabase(options: DatabaseOptions): Database {
	const pool = new pg.Pool({
		connectionString: options.url,
		max: options.poolSize,
		application_name: "lull",
		keepAlive: true,
		connectionTimeoutMillis: 10_000,
		idleTimeoutMillis: 60_000,
	});
	pool.on("error", (error) =>
		options.logger.warn({ err: error }, "A database connection was lost."),
	);
	const adapter = new PrismaPg(pool, {
		statementNameGenerator: createStatementNamer(),
	});
	const db = new PrismaClient({
		adapter,
		transactionOptions: { maxWait: 10_000, timeout: 60_000 },
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
 * Runs the work in the transaction that `db` is, or in a new one if it is none, which may take `timeoutMs` when it is
 * about more rows than most.
 */
export async function inTransaction<T>(
	db: Db,
	work: (transaction: Db) => Promise<T>,
	timeoutMs?: number,
): Promise<T> {
	const whole = db as Partial<PrismaClient>;
	if (typeof whole.$transaction !== "function") return work(db);
	return whole.$transaction(
		(transaction) => work(transaction),
		timeoutMs === undefined ? undefined : { timeout: timeoutMs },
	);
}

/**
 * Names make PostgreSQL keep a statement's plan. Only the first thousand texts
 * get one: lists of changing length would fill every connection's memory.
 */
function createStatementNamer(): (query: { sql: string }) => string {
	const names = new Map<string, string>();
	return ({ sql }) => {
		const known = names.get(sql);
		if (known !== undefined || names.size >= 1000) return known ?? "";
		const name = `lull_${names.size}`;
		names.set(sql, name);
		return name;
	};
}
