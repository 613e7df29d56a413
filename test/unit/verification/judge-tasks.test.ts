import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeTasks } from "../../../server/verification/judge-tasks.ts";

type Result = { taskId: string; ownerIds: string[]; value: number };
const judge = (results: Result[], quorum: number, tolerance = 0) => {
	const value = new Map(results.map((result) => [result.taskId, result.value]));
	return judgeTasks(
		results,
		quorum,
		(a, b) => Math.abs((value.get(a) ?? 0) - (value.get(b) ?? 0)) <= tolerance,
	);
};
const results = (...values: number[]): Result[] =>
	values.map((value, i) => ({
		taskId: `t${i}`,
		ownerIds: [`owner-${i}`],
		value,
	}));

describe("judging results", () => {
	it("takes a single result when one is enough", () => {
		expect(judge(results(7), 1)).toEqual({
			verdict: "agreed",
			canonicalTaskId: "t0",
			valid: ["t0"],
			invalid: [],
		});
	});

	it("holds everything against the canonical result, since tolerance does not carry over", () => {
		expect(judge(results(0, 1, 2), 2, 1)).toEqual({
			verdict: "agreed",
			canonicalTaskId: "t0",
			valid: ["t0", "t1"],
			invalid: ["t2"],
		});
	});

	it("says how many more results could decide", () => {
		expect(judge(results(1, 2, 3), 3)).toEqual({
			verdict: "undecided",
			missing: 2,
		});
		expect(judge(results(1, 1, 3), 3)).toEqual({
			verdict: "undecided",
			missing: 1,
		});
	});

	it("accepts nothing in all of which one owner had a hand, whoever helped", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 2, max: 5 }),
				fc.integer({ min: 1, max: 9 }),
				(quorum, copies) => {
					const alone = results(...Array<number>(copies).fill(1)).map(
						(result, i) => ({ ...result, ownerIds: ["eve", `helper-${i}`] }),
					);
					expect(judge(alone, quorum).verdict).toBe("undecided");
				},
			),
		);
	});

	it("accepts what two strangers stand for, though one of them began a third result", () => {
		const three = results(1, 1, 1);
		three[2]?.ownerIds.push("owner-0");
		expect(judge(three, 2).verdict).toBe("agreed");
	});

	it("gives every result exactly one verdict, and the canonical one is valid", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 }),
				fc.integer({ min: 1, max: 4 }),
				(values, quorum) => {
					const judgement = judge(results(...values), quorum);
					if (judgement.verdict === "undecided") return;
					expect([...judgement.valid, ...judgement.invalid].sort()).toEqual(
						values.map((_, i) => `t${i}`).sort(),
					);
					expect(judgement.valid).toContain(judgement.canonicalTaskId);
					expect(judgement.valid.length).toBeGreaterThanOrEqual(quorum);
				},
			),
		);
	});
});
