import pg from "pg";

/** A statement as it reached a connection, with what it was given the first time. */
export interface RecordedStatement {
	text: string;
	values: unknown[];
}

type Query = (this: pg.Client, ...parts: unknown[]) => unknown;

/** Records every statement that this process sends to any database, each text once, until it is stopped. */
export function recordStatements(): {
	statements: Map<string, RecordedStatement>;
	stop(): void;
} {
	const statements = new Map<string, RecordedStatement>();
	const client = pg.Client.prototype as unknown as { query: Query };
	const { query } = client;
	client.query = function (this: pg.Client, ...parts: unknown[]) {
		const [first, second] = parts;
		const { text, values = second } = (
			typeof first === "string" ? { text: first } : first
		) as { text?: string; values?: unknown };
		if (text && !statements.has(text))
			statements.set(text, {
				text,
				values: Array.isArray(values) ? [...values] : [],
			});
		return query.apply(this, parts);
	};
	return {
		statements,
		stop() {
			client.query = query;
		},
	};
}
