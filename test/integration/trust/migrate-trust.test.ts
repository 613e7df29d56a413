import { expect, test } from "vitest";
import { migrateDatabase } from "../../../server/database/migrate.ts";
import { fillAsVersion01 } from "../../support/filled-database.ts";
import { testDatabase } from "../../support/test-database.ts";

const database = testDatabase();

interface JudgedTask {
	deviceId: string;
	appVersionId: string;
	state: "valid" | "invalid" | "errored" | "lost";
	finishedAt: Date;
}

/** How the tasks of one device with one version came out, counted one by one in the order of time. */
function countTasks(tasks: readonly JudgedTask[]) {
	const count = (state: JudgedTask["state"]) =>
		tasks.filter((task) => task.state === state).length;
	const lastBad = Math.max(
		...tasks
			.filter(({ state }) => state !== "valid")
			.map(({ finishedAt }) => finishedAt.getTime()),
	);
	return {
		validTasks: count("valid"),
		invalidTasks: count("invalid"),
		erroredTasks: count("errored"),
		lostTasks: count("lost"),
		consecutiveValid: tasks.filter(
			({ state, finishedAt }) =>
				state === "valid" && finishedAt.getTime() > lastBad,
		).length,
	};
}

test("trust of version 0.1 is counted anew from the tasks, for each device and app version", async () => {
	const { pool } = database;
	await fillAsVersion01(database);
	// Tasks end one after the other, and in every way.
	await pool.query(`
		UPDATE "Task" t SET "finishedAt" = t."leasedAt" + make_interval(mins => s.n::int),
			"state" = CASE WHEN s.n % 11 = 0 THEN 'lost' WHEN s.n % 7 = 0 THEN 'invalid' ELSE t."state" END
		FROM (SELECT "id", row_number() OVER (ORDER BY md5("id"::text)) AS n FROM "Task") s
		WHERE s."id" = t."id" AND t."state" IN ('valid', 'errored')`);
	const { rows: tasks } = await pool.query<JudgedTask>(`
		SELECT t."deviceId", b."appVersionId", t."state"::text, t."finishedAt" FROM "Task" t JOIN "Batch" b ON b."id" = t."batchId"
		WHERE t."state" IN ('valid', 'invalid', 'errored', 'lost')`);
	await migrateDatabase(database.url);

	const trust = await database.db.deviceTrust.findMany();
	const tasksOf = new Map<string, JudgedTask[]>();
	for (const task of tasks) {
		const key = `${task.deviceId} ${task.appVersionId}`;
		tasksOf.set(key, [...(tasksOf.get(key) ?? []), task]);
	}
	const expected = new Map(
		[...tasksOf].map(([key, own]) => [key, countTasks(own)]),
	);
	expect(expected.size).toBeGreaterThan(50);
	for (const row of trust)
		expect(row).toMatchObject(
			expected.get(`${row.deviceId} ${row.appVersionId}`) ?? countTasks([]),
		);
	const proved = trust.filter(
		({ validTasks, invalidTasks, erroredTasks, lostTasks }) =>
			Boolean(validTasks + invalidTasks + erroredTasks + lostTasks),
	);
	expect(proved).toHaveLength(expected.size);
	expect(
		proved.some(
			({ consecutiveValid, validTasks }) =>
				consecutiveValid > 0 && consecutiveValid < validTasks,
		),
	).toBe(true);
});
