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
	AppVersion: {
		from: `"AppVersion" LEFT JOIN "Build" build ON build."appVersionId" = "AppVersion"."id"`,
		columns: {
			imageId: `build."imageId"`,
			imageBytes: `build."imageBytes"`,
			imageReference: `build."imageReference"`,
			archiveSha256: `build."archiveSha256"`,
			archiveBytes: `build."archiveBytes"`,
			manifest: `build."manifest"`,
			signature: `build."signature"`,
		},
	},
	Batch: {
		columns: { patienceSeconds: `"maxFrozenSeconds"` },
		// The processes that hold devices say it anew within seconds.
		recounted: ["waitReasons"],
	},
	User: {
		from: `"User" LEFT JOIN "UserCredit" credit ON credit."userId" = "User"."id"`,
		columns: {
			totalCredit: `COALESCE(credit."total", 0)`,
			recentCredit: `COALESCE(credit."recent", 0)`,
			recentCreditAt: `credit."recentAt"`,
		},
	},
	Project: {
		from: `"Project" LEFT JOIN "ProjectCredit" credit ON credit."projectId" = "Project"."id"`,
		columns: { totalCredit: `COALESCE(credit."total", 0)` },
	},
	Device: {
		from: `"Device" LEFT JOIN "DevicePresence" presence ON presence."deviceId" = "Device"."id"
			LEFT JOIN "DeviceCredit" credit ON credit."deviceId" = "Device"."id"`,
		columns: {
			serverId: `presence."serverId"`,
			connectionId: `presence."connectionId"`,
			lastSeenAt: `presence."lastSeenAt"`,
			dutyCpu: `presence."dutyCpu"`,
			oursCpu: `presence."oursCpu"`,
			sampledAt: `presence."sampledAt"`,
			totalCredit: `COALESCE(credit."total", 0)`,
			recentCredit: `COALESCE(credit."recent", 0)`,
			recentCreditAt: `credit."recentAt"`,
		},
		// test/integration/trust/migrate-trust.test.ts
		recounted: [
			"consecutiveValid",
			"validTasks",
			"invalidTasks",
			"erroredTasks",
			"lostTasks",
		],
	},
	RunTimeRecord: {
		from: `(SELECT * FROM "DeviceTrust" WHERE "count" > 0) AS "RunTimeRecord"`,
		// Of a device or a version that was not there.
		isDropped: ({ deviceId, appVersionId }) =>
			`${deviceId} ${appVersionId}`.includes("0000000003e7"),
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

	test("and agreed with itself: the totals were what the ledger amounts to", async () => {
		const { rows } = await database.pool.query(`
			SELECT (SELECT sum("amount") FROM "CreditEntry") AS ledger, (SELECT sum("total") FROM "UserCredit") AS users,
				(SELECT sum("total") FROM "DeviceCredit") AS devices, (SELECT sum("total") FROM "ProjectCredit") AS projects`);
		const { ledger, users, devices, projects } = rows[0];
		expect(ledger).toBeGreaterThan(0);
		for (const total of [users, devices, projects])
			expect(total).toBeCloseTo(ledger, 6);
	});

	test("and every value of every row is still there", async () => {
		for (const table of tables) {
			const kept = keptAs[table.table];
			const rows = before.get(table.table) ?? [];
			expect(await readRows(database.pool, table, kept), table.table).toEqual(
				rows
					.filter((row) => !kept?.isDropped?.(row))
					.map((row) => without(row, kept?.recounted ?? [])),
			);
		}
	});

	test("and each version that was built is one build for its platform, which its tasks on devices ran", async () => {
		const { db } = database;
		const versions = await db.appVersion.findMany({
			include: { builds: true },
			orderBy: { id: "asc" },
		});
		const built = versions.filter(({ builds }) => builds.length > 0);
		expect(built).toHaveLength(8);
		for (const { platforms, builds, state } of built)
			expect(builds).toEqual([
				expect.objectContaining({
					kind: "image",
					platform: platforms[0],
					signature: ["approved", "withdrawn"].includes(state)
						? "s".repeat(86)
						: null,
				}),
			]);
		const tasks = await db.task.findMany({
			include: { build: true, batch: true },
		});
		const placed = tasks.filter(({ deviceId }) => deviceId !== null);
		expect(placed.length).toBeGreaterThan(300);
		for (const { build, batch } of placed)
			expect(build?.appVersionId).toBe(batch.appVersionId);
		expect(
			tasks.filter(({ deviceId, buildId }) => !deviceId && buildId),
		).toEqual([]);
	});

	test("and each work unit asks for as many results as its batch did", async () => {
		const { rows } = await database.pool.query(`
			SELECT count(*)::int AS units, count(*) FILTER (WHERE w."quorum" = b."quorum")::int AS alike
			FROM "WorkUnit" w JOIN "Batch" b ON b."id" = w."batchId"`);
		expect(rows).toEqual([{ units: 240, alike: 240 }]);
	});
});

const without = (row: Record<string, unknown>, columns: readonly string[]) =>
	Object.fromEntries(
		Object.entries(row).filter(([column]) => !columns.includes(column)),
	);
