import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	lineageOf,
	listContinuable,
	shareCredit,
	sumClaims,
	type TaskInLineage,
} from "../../../server/work-units/tasks/task-lineage.ts";

const aTask = (
	id: string,
	fields: Partial<TaskInLineage> = {},
): TaskInLineage => ({
	id,
	state: "returned",
	continuesTaskId: null,
	hasCheckpoint: true,
	progress: 0,
	claimedCredit: 1,
	grantedCredit: null,
	...fields,
});
const idsOf = (tasks: readonly TaskInLineage[]) => tasks.map(({ id }) => id);
const mapOf = (...tasks: TaskInLineage[]) =>
	new Map(tasks.map((task) => [task.id, task]));

describe("A lineage", () => {
	test("is a task and all that it goes on from", () => {
		const tasks = mapOf(
			aTask("a"),
			aTask("b", { continuesTaskId: "a" }),
			aTask("c", { continuesTaskId: "b" }),
			aTask("other"),
		);
		expect(idsOf(lineageOf("c", tasks))).toEqual(["c", "b", "a"]);
		expect(idsOf(lineageOf("a", tasks))).toEqual(["a"]);
		expect(lineageOf("nobody", tasks)).toEqual([]);
	});

	test("has an end even where the rows form a ring", () => {
		const ring = mapOf(
			aTask("a", { continuesTaskId: "b" }),
			aTask("b", { continuesTaskId: "a" }),
		);
		expect(idsOf(lineageOf("a", ring))).toEqual(["a", "b"]);
	});

	test("shares credit by what each device claims for its part", () => {
		const lineage = [
			aTask("b", { claimedCredit: 1 }),
			aTask("a", { claimedCredit: 3 }),
		];
		expect(sumClaims(lineage)).toBe(4);
		expect(
			shareCredit(lineage).map(({ task, share }) => [task.id, share]),
		).toEqual([
			["b", 0.25],
			["a", 0.75],
		]);
	});

	test("gives the last device everything when nobody claims anything", () => {
		const lineage = [
			aTask("b", { claimedCredit: 0 }),
			aTask("a", { claimedCredit: null }),
		];
		expect(
			shareCredit(lineage).map(({ task, share }) => [task.id, share]),
		).toEqual([["b", 1]]);
	});

	test("never gives away more or less than there is", () => {
		const claims = fc.array(
			fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
			{ minLength: 1, maxLength: 20 },
		);
		fc.assert(
			fc.property(claims, (claimed) => {
				const lineage = claimed.map((claimedCredit, index) =>
					aTask(String(index), { claimedCredit }),
				);
				const sum = shareCredit(lineage).reduce((s, { share }) => s + share, 0);
				expect(sum).toBeCloseTo(1, 9);
			}),
		);
	});
});

describe("What can be gone on from", () => {
	test("was given back with a checkpoint and nobody goes on from it, the farthest first", () => {
		const tasks = [
			aTask("near", { progress: 0.2 }),
			aTask("far", { progress: 0.9 }),
			aTask("taken", { progress: 0.95 }),
			aTask("its heir", {
				state: "running",
				continuesTaskId: "taken",
				hasCheckpoint: false,
			}),
			aTask("without", { hasCheckpoint: false }),
			aTask("lost", { state: "lost" }),
		];
		expect(idsOf(listContinuable(tasks))).toEqual(["far", "near"]);
	});
});
