import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { prismaFolder } from "../../server/database/list-migrations.ts";
import { migrateDatabase } from "../../server/database/migrate.ts";
import type { TestDatabase } from "./test-database.ts";

/** The last migration of version 0.1: what people who used it have on their disks. */
const LAST_OF_VERSION_0_1 = "20261121070000_index_checkpoints";

/**
 * Throws away what is in the database and makes it one that version 0.1 left behind: its schema, with rows in every
 * table (filled-at-20261121.sql).
 */
export async function fillAsVersion01(
	database: Pick<TestDatabase, "url" | "pool">,
): Promise<void> {
	await database.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	const folder = await mkdtemp(join(tmpdir(), "lull-migrations-"));
	try {
		const all = join(prismaFolder, "migrations");
		for (const name of await readdir(all))
			if (name <= LAST_OF_VERSION_0_1)
				await cp(join(all, name), join(folder, name), { recursive: true });
		await migrateDatabase(database.url, folder);
	} finally {
		await rm(folder, { recursive: true });
	}
	const rows = join(import.meta.dirname, "filled-at-20261121.sql");
	await database.pool.query(await readFile(rows, "utf8"));
}

export interface TableColumns {
	table: string;
	columns: string[];
	/** The columns that its rows are known by. */
	key: string[];
}

/** Every table of the database with its columns; Prisma's own is left out. */
export async function listTables(pool: pg.Pool): Promise<TableColumns[]> {
	const { rows } = await pool.query<TableColumns>(`
		SELECT c.relname AS "table",
			array_agg(a.attname::text ORDER BY a.attnum) AS "columns",
			(SELECT array_agg(k.attname::text ORDER BY k.attnum) FROM pg_index i
				JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY(i.indkey)
				WHERE i.indrelid = c.oid AND i.indisprimary) AS "key"
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
		GROUP BY c.oid, c.relname ORDER BY 1`);
	return rows;
}

/** Where the new schema keeps what the old one kept in a table, as SQL. */
export interface KeptAs {
	/** A FROM clause that has one row for each row of the old table; absent: the table itself. */
	from?: string;
	/** For each column that is not in the table any more, an expression over `from` with the old value. */
	columns?: Record<string, string>;
	/** Columns whose values were not taken over but counted anew from other rows; a test of their own says how. */
	recounted?: string[];
	/** Rows that mean nothing and are not taken over. */
	isDropped?: (row: Record<string, unknown>) => boolean;
}

/** All rows of the old table, read from where they are kept now, in the order of the old key. */
export async function readRows(
	pool: pg.Pool,
	{ table, columns, key }: TableColumns,
	kept: KeptAs = {},
): Promise<Record<string, unknown>[]> {
	const valueIn = (column: string) =>
		kept.columns?.[column] ?? `"${table}"."${column}"`;
	const values = columns
		.filter((column) => !kept.recounted?.includes(column))
		.map((column) => `'${column}', ${valueIn(column)}`);
	const { rows } = await pool.query<{ row: Record<string, unknown> }>(`
		SELECT json_build_object(${values.join(", ")}) AS row
		FROM ${kept.from ?? `"${table}"`}
		ORDER BY ${key.map(valueIn).join(", ")}`);
	return rows.map(({ row }) => row);
}
