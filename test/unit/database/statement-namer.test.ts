import { expect, test } from "vitest";
import { createStatementNamer } from "../../../server/database/statement-namer.ts";

const list = (length: number, item = (n: number) => `$${n}`) =>
	Array.from({ length }, (_, index) => item(index + 1)).join(",");
const named = (texts: string[], name = createStatementNamer()) =>
	new Set(texts.map((sql) => name({ sql })).filter((one) => one !== ""));

test("a statement has one name, and no other one has it", () => {
	const name = createStatementNamer();
	const texts = ["SELECT 1", 'SELECT "id" FROM "Task"', 'DELETE FROM "Task"'];
	expect(new Set(texts.map((sql) => name({ sql }))).size).toBe(3);
	expect(texts.map((sql) => name({ sql }))).toEqual(
		texts.map((sql) => name({ sql })),
	);
});

test("lists of a thousand lengths get a few names and leave the others theirs", () => {
	const name = createStatementNamer();
	const lengths = Array.from({ length: 1200 }, (_, index) => index + 1);
	expect(
		named(
			lengths.map(
				(n) => `SELECT 1 WHERE "id" IN (${list(n)}) OFFSET $${n + 1}`,
			),
			name,
		).size,
	).toBeLessThanOrEqual(8);
	expect(
		named(
			lengths.map(
				(n) =>
					`INSERT INTO "User" ("id","name") VALUES ${list(n, (i) => `($${2 * i - 1},${i % 3 ? `$${2 * i}` : "null"})`)}`,
			),
			name,
		).size,
	).toBeLessThanOrEqual(8);
	expect(name({ sql: "SELECT 2" })).not.toBe("");
});

test("the few states that a transition may start from are not taken for such a list", () => {
	const states = [1, 2, 3, 4, 5].map(
		(n) =>
			`UPDATE "Task" SET "state" = $1 WHERE "state" IN (${list(n, (i) => `CAST($${i + 1}::text AS "public"."TaskState")`)})`,
	);
	expect(named(states).size).toBe(5);
});

test("names are not given without end", () => {
	const texts = Array.from({ length: 2000 }, (_, n) => `SELECT ${n}`);
	expect(named(texts).size).toBe(1000);
});
