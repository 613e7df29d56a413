import { beforeAll, describe, expect, test } from "vitest";
import { migrateDatabase } from "../../server/database/migrate.ts";
import {
	fillAsVersion01,
	type KeptAs,
	listTables,
	readRows,
	type TableColumns,
} from "../support/filled-database.ts";
import { testDatabase } from "../support/test-database.ts";

/**
 * Where version 0.1's columns went. A migration that renames, moves or drops a column fails this test until it is said
 * here where its values are now.
 */
const keptAs: Record<string, KeptAs> = {
	Batch: { columns: { patienceSeconds: `"maxFrozenSeconds"` } },
	Device: {
		from: `"Device" LEFT JOIN "DevicePresence" presence ON presence."deviceId" = "Device"."id"`,
		columns: {
			serverId: `presence."serverId"`,
			connectionId: `presence."connectionId"`,
			lastSeenAt: `presence."lastSeenAt"`,
			dutyCpu: `presence."dutyCpu"`,
			oursCpu: `presence."oursCpu"`,
			sampledAt: `presence."sampledAt"`,
		},
	},
	ForecastScore: { columns: { patienceSeconds: `"maxFrozenSeconds"` } },
};

const database = testDatabase();
let tables: TableColumns[];
const before = new Map<string, Record<string, unknown>[]>();

beforeAll(async () => {
	await fillAsVersion01(database);
	tables = await listTables(database.pool);
	for (const table of tables)
		before.set(table.table, await readRows(database.pool, table));
	await migrateDatabase(database.url);
});

describe("a filled database of version 0.1 is taken to the newest schema", () => {
	test("which was filled in every table and column", () => {
		const empty = tables.flatMap(({ table, columns }) =>
			columns
				.filter(
					(column) => !before.get(table)?.some((row) => row[column] !== null),
				)
				.map((column) => `${table}.${column}`),
		);
		expect(empty).toEqual([]);
	});

	test("and every value of every row is still there", async () => {
		for (const table of tables)
			expect(
				await readRows(database.pool, table, keptAs[table.table]),
				table.table,
			).toEqual(before.get(table.table));
	});
});
