import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	rankDevices,
	rankUsers,
} from "../../server/credit/leaderboard-store.ts";
import { fillBusyDatabase } from "../support/busy-database.ts";
import { listLargeTables, readsWhole } from "../support/explain-statement.ts";
import {
	type RecordedStatement,
	recordStatements,
} from "../support/record-statements.ts";
import { ScriptedDevice } from "../support/scripted-device.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

/**
 * What a server asks its database by itself, again and again, must not take longer the longer a network runs. A whole server
 * runs on a database as a network leaves it after months, with a few devices that work, until each of its loops has
 * asked what it asks; then PostgreSQL is asked how it goes about each statement.
 */

/** By the name of a loop, words that only its own statements have. */
const LOOPS = {
	"note which devices were heard": `SET "lastSeenAt" = $2 FROM heard`,
	"mark silent devices offline": `"connectionId" IS NOT NULL AND p."lastSeenAt" <`,
	"review work units": `w."reviewAt" <=`,
	"review of the tasks": `AS "silentSince"`,
	"review silent devices": "silent AS (",
	"place tasks: the projects' queues": `AS "batchIds" FROM "Batch"`,
	"place tasks: run times": `AND "count" > 0 AND "updatedAt" >=`,
	"place tasks: look": `AS "cuttable"`,
	"place tasks: claim": `FOR NO KEY UPDATE OF t SKIP LOCKED`,
	"place tasks: lease": `"buildId" = u."id"`,
	sweep: `FROM "Sweep"`,
	"refresh wanted lists": `AS "checkpoint" FROM "Task" t`,
	"refresh wanted lists: wishes": `"yoursNowImages" FROM "Device" WHERE "id" = ANY`,
	forecast: `INSERT INTO "Forecast" AS f`,
	"score forecasts": `"scoredAt" IS NULL`,
	"learn run times": `t."continuesTaskId" IS NULL`,
	"train predictor": `"sampledAt"DESC`,
	"collect garbage": `FROM "Blob" WHERE "sha256" >`,
	"collect garbage: uploads": `DELETE FROM "Upload"`,
	"forget task uploads": `UPDATE "Upload" u SET "expiresAt"`,
	"forget old duty: samples": `DELETE FROM "public"."TelemetryChunk"`,
	"forget old duty: days": `DELETE FROM "public"."DutyDay"`,
	"forget old duty: scores": `DELETE FROM "public"."ForecastScore"`,
	"forget guard records": `DELETE FROM "GuardRecord"`,
	"forget guard records: needs": `DELETE FROM "public"."OwnerNeed"`,
	"forget ended sessions": `DELETE FROM "public"."Session"`,
	"forget ended sessions: tries": `DELETE FROM "public"."AttemptCount"`,
};

/** Asked once when a server starts, whether it has a super admin: of as many people as there are. */
const AT_START = `"User"."accessLevel" <=`;

const database = testDatabase();
let recorded: ReturnType<typeof recordStatements>;
beforeAll(async () => {
	await fillBusyDatabase(database.db, database.pool);
	recorded = recordStatements();
}, 120_000);
const server = testServer(database, { TRAINING_CPU_PERCENT: "1" });
afterAll(() => recorded.stop());

const textsSoFar = () =>
	[...recorded.statements.keys()].map((text) => text.replaceAll(/\s+/g, " "));

/** A table of some thousands of rows is often cheapest read as a whole: the planner does so only where nothing else would do. */
async function findReaders(
	statements: readonly RecordedStatement[],
): Promise<[text: string, reads: string[]][]> {
	const client = await database.pool.connect();
	try {
		await client.query("SET enable_seqscan = off");
		const tables = await listLargeTables(client);
		const found: [string, string[]][] = [];
		for (const statement of statements) {
			const reads = await readsWhole(client, statement, tables);
			if (reads.length > 0) found.push([statement.text, reads]);
		}
		return found;
	} finally {
		await client.query("RESET enable_seqscan");
		client.release();
	}
}

describe("on a database of months", () => {
	test("no loop of the server reads a whole table", async () => {
		const devices: ScriptedDevice[] = [];
		for (let index = 0; index < 3; index += 1)
			devices.push(
				await ScriptedDevice.connect(database.db, server().url, () => "42"),
			);
		let waitingFor: string[] = [];
		await until("every loop has asked what it asks", async () => {
			const texts = textsSoFar();
			waitingFor = Object.entries(LOOPS).flatMap(([loop, words]) =>
				texts.some((text) => text.includes(words)) ? [] : loop,
			);
			return waitingFor.length === 0;
		}).catch((error: unknown) => {
			throw new Error(`Not asked by: ${waitingFor.join(", ")}`, {
				cause: error,
			});
		});
		for (const device of devices) device.close();
		recorded.stop();
		const asked = [...recorded.statements.values()].filter(
			({ text }) =>
				/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(text) &&
				!text.includes(AT_START) &&
				!text.includes("advisory"),
		);
		expect(await findReaders(asked)).toEqual([]);
	}, 60_000);

	test("nor do the leaderboards by all credit ever", async () => {
		const asked = recordStatements();
		await rankUsers(database.db, "total", { skip: 0, limit: 50 }, new Date());
		await rankDevices(database.db, "total", { skip: 0, limit: 50 }, new Date());
		asked.stop();
		const ranks = [...asked.statements.values()].filter(({ text }) =>
			text.includes("showOnLeaderboard"),
		);
		expect(ranks).toHaveLength(2);
		expect(await findReaders(ranks)).toEqual([]);
	});

	test("a statement that does is found", async () => {
		const read = (text: string, ...values: unknown[]) =>
			findReaders([{ text, values }]);
		for (const [text, ...values] of [
			[`SELECT FROM "Task" WHERE "exitCode" = $1::int`, 1],
			[`SELECT "deviceId" FROM "GuardRecord"`],
			// By the second column of an index, and by way of a small table.
			[`SELECT FROM "DutyDay" WHERE "steps" = '' AND "day" > '2020-01-01'`],
			[
				`SELECT FROM "Batch" b JOIN "WorkUnit" w ON w."batchId" = b."id" WHERE w."share" < $1::float8`,
				0,
			],
		] as const)
			expect(await read(text, ...values), text).toHaveLength(1);
		expect(
			await read(
				`SELECT FROM "Task" WHERE "id" = $1::uuid`,
				crypto.randomUUID(),
			),
		).toEqual([]);
	});
});
