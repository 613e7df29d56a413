import type pg from "pg";
import type { RecordedStatement } from "./record-statements.ts";

interface PlanNode {
	"Node Type": string;
	"Relation Name"?: string;
	"Index Name"?: string;
	"Index Cond"?: string;
	"Actual Rows"?: number;
	"Actual Loops"?: number;
	"Rows Removed by Filter"?: number;
	"Rows Removed by Index Recheck"?: number;
	Plans?: PlanNode[];
}

/** A table so large that to read it as a whole matters, with its indexes; an index of some rows only is not among them. */
interface LargeTable {
	rows: number;
	/** The first column of each index. */
	indexes: Map<string, string>;
}

/** Rows read of a table, as a share of all that it has, from which on it counts as read. */
const READ_SHARE = 0.3;

export async function listLargeTables(
	client: pg.PoolClient,
): Promise<Map<string, LargeTable>> {
	const { rows } = await client.query<{
		table: string;
		rows: number;
		index: string;
		column: string;
	}>(`
		SELECT t.relname AS "table", t.reltuples AS "rows", x.relname AS "index", a.attname AS "column"
		FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid AND i.indpred IS NULL JOIN pg_class x ON x.oid = i.indexrelid
		JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
		WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND t.reltuples >= 1000`);
	const tables = new Map<string, LargeTable>();
	for (const { table, rows: count, index, column } of rows) {
		const known = tables.get(table) ?? { rows: count, indexes: new Map() };
		known.indexes.set(index, column);
		tables.set(table, known);
	}
	return tables;
}

/**
 * What of a statement's plans reads one of these tables as a whole. A scan of the table does, and one of an index without a
 * condition on its first column, unless a limit ends it; so does whatever, when it is carried out, reads a good part of
 * the rows. Empty for a statement that looks up what it needs. What it writes is undone.
 */
export async function readsWhole(
	client: pg.PoolClient,
	statement: RecordedStatement,
	tables: ReadonlyMap<string, LargeTable>,
): Promise<string[]> {
	const found = new Set<string>();
	const look = (node: PlanNode, limited: boolean) => {
		const kind = node["Node Type"];
		const index = node["Index Name"];
		const name = node["Relation Name"];
		const table = name
			? tables.get(name)
			: [...tables.values()].find(({ indexes }) => indexes.has(index ?? ""));
		if (table) {
			const column = table.indexes.get(index ?? "");
			const isSought = new RegExp(`\\b${column}\\b`).test(
				node["Index Cond"] ?? "",
			);
			if (kind === "Seq Scan" || (column && !isSought && !limited))
				found.add(`${kind} of ${index ?? name}`);
			if (rowsRead(node) >= READ_SHARE * table.rows)
				found.add(`${rowsRead(node)} rows of ${index ?? name}`);
		}
		for (const child of node.Plans ?? [])
			look(child, limited || kind === "Limit");
	};
	for (const plan of await explain(client, statement)) look(plan, false);
	return [...found];
}

const rowsRead = (node: PlanNode): number =>
	((node["Actual Rows"] ?? 0) +
		(node["Rows Removed by Filter"] ?? 0) +
		(node["Rows Removed by Index Recheck"] ?? 0)) *
	(node["Actual Loops"] ?? 0);

type Explained = { "QUERY PLAN": { Plan: PlanNode }[] };

/** The plan for these values, carried out, and the one for any values, which PostgreSQL keeps for a statement with a name. */
async function explain(
	client: pg.PoolClient,
	{ text, values }: RecordedStatement,
): Promise<PlanNode[]> {
	const answers = [
		await carryOut(client, { text, values }),
		await client.query<Explained>(
			`EXPLAIN (FORMAT JSON, GENERIC_PLAN) ${text}`,
		),
	];
	return answers.flatMap((answer) =>
		(answer?.rows ?? []).flatMap((row) =>
			row["QUERY PLAN"].map(({ Plan }) => Plan),
		),
	);
}

/** Undefined for a statement that can be carried out once only: it writes what is there already. */
async function carryOut(
	client: pg.PoolClient,
	{ text, values }: RecordedStatement,
): Promise<pg.QueryResult<Explained> | undefined> {
	await client.query("BEGIN");
	try {
		return await client.query<Explained>(
			`EXPLAIN (FORMAT JSON, ANALYZE, TIMING OFF) ${text}`,
			values,
		);
	} catch (error) {
		const UNIQUE_VIOLATION = "23505";
		if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
		return undefined;
	} finally {
		await client.query("ROLLBACK");
	}
}
