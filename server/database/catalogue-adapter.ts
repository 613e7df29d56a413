import { PrismaPg } from "@prisma/adapter-pg";
import {
	ColumnTypeEnum,
	type SqlDriverAdapter,
	type SqlMigrationAwareDriverAdapterFactory,
	type SqlQueryable,
	type SqlResultSet,
} from "@prisma/driver-adapter-utils";
import pg from "pg";

/** Cannot be part of a column's name, since PostgreSQL's names hold no NUL. */
const charMark = "\0char";

/**
 * Prisma's adapter, able to read PostgreSQL's catalogue. That uses the one-byte
 * type "char", which the adapter does not know and gives up on, while the schema
 * engine asks for it. So such columns pass the adapter as text, with a mark on
 * their names, and get their type back on the other side.
 */
export class CatalogueAdapter implements SqlMigrationAwareDriverAdapterFactory {
	readonly provider = "postgres";
	readonly adapterName = "@prisma/adapter-pg";
	readonly #prisma: PrismaPg;
	readonly #connected: SqlDriverAdapter[] = [];

	constructor(url: string) {
		this.#prisma = new PrismaPg({
			connectionString: url,
			Client: CharMarkingClient,
		});
	}

	async connect(): Promise<SqlDriverAdapter> {
		const adapter = readingChars(await this.#prisma.connect());
		this.#connected.push(adapter);
		return adapter;
	}

	async connectToShadowDb(): Promise<SqlDriverAdapter> {
		return readingChars(await this.#prisma.connectToShadowDb());
	}

	/**
	 * The engine closes its shadow database itself, but leaves its other
	 * connections open, which would keep the process from ending.
	 */
	async close(): Promise<void> {
		await Promise.all(this.#connected.map((adapter) => adapter.dispose()));
	}
}

class CharMarkingClient extends pg.Client {
	constructor(config?: string | pg.ClientConfig) {
		super(config);
		// pg declares a dozen overloads of query; its pool uses the one with a callback.
		const query = super.query.bind(this) as (...args: unknown[]) => unknown;
		this.query = ((...args: unknown[]) => {
			const callback = args.at(-1);
			if (typeof callback !== "function") {
				return (query(...args) as Promise<pg.QueryResult>).then(markChars);
			}
			return query(...args.slice(0, -1), (error: unknown, result: unknown) =>
				callback(error, markChars(result as pg.QueryResult | undefined)),
			);
		}) as typeof this.query;
	}
}

function markChars<R extends pg.QueryResult | undefined>(result: R): R {
	const { builtins } = pg.types;
	for (const field of result?.fields ?? []) {
		if (field.dataTypeID !== builtins.CHAR) continue;
		field.dataTypeID = builtins.TEXT;
		field.name += charMark;
	}
	return result;
}

function readingChars(adapter: SqlDriverAdapter): SqlDriverAdapter {
	readCharsOf(adapter);
	const startTransaction = adapter.startTransaction.bind(adapter);
	adapter.startTransaction = async (isolationLevel) => {
		const transaction = await startTransaction(isolationLevel);
		readCharsOf(transaction);
		return transaction;
	};
	return adapter;
}

function readCharsOf(queryable: SqlQueryable): void {
	const queryRaw = queryable.queryRaw.bind(queryable);
	queryable.queryRaw = async (query) => unmarkChars(await queryRaw(query));
}

function unmarkChars(result: SqlResultSet): SqlResultSet {
	result.columnNames.forEach((name, index) => {
		if (!name.endsWith(charMark)) return;
		result.columnNames[index] = name.slice(0, -charMark.length);
		result.columnTypes[index] = ColumnTypeEnum.Character;
	});
	return result;
}
