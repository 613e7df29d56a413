import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	chooseBatches,
	type ProjectQueue,
} from "../../../server/scheduler/choose-batches.ts";
import type {
	PlannedTask,
	WaitingTask,
} from "../../../server/scheduler/placement-plan.ts";
import { ProjectShares } from "../../../server/scheduler/project-shares.ts";
import { costOf, Turns } from "../../../server/scheduler/take-turns.ts";

const waitingOf = (queues: readonly ProjectQueue[]) => ({
	queues,
	all: queues.flatMap(({ batchIds }) => batchIds).sort(),
});
const queue = (projectId: string, batches: number): ProjectQueue => ({
	projectId,
	batchIds: Array.from(
		{ length: batches },
		(_, i) => `${projectId}-${String(i).padStart(5, "0")}`,
	),
});
const nothingInVain = () => false;

describe("choosing batches to look at", () => {
	it("takes all of them while they are few, each project's in the order of its queue", () => {
		const queues = [
			{ projectId: "a", batchIds: ["a2", "a1"] },
			{ projectId: "b", batchIds: ["b1"] },
		];
		const choice = chooseBatches(
			waitingOf(queues),
			() => 0,
			nothingInVain,
			"a1",
			200,
		);
		expect(choice.batches.map(({ batchId }) => batchId)).toEqual([
			"a2",
			"a1",
			"b1",
		]);
	});

	it("comes to every batch within a bounded number of ticks, whatever marks and failures say", () => {
		fc.assert(
			fc.property(
				fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }),
				fc.integer({ min: 2, max: 20 }),
				fc.func(fc.double({ noNaN: true })),
				fc.func(fc.boolean()),
				(sizes, most, markOf, inVain) => {
					const waiting = waitingOf(sizes.map((n, i) => queue(`p${i}`, n)));
					const seen = new Set<string>();
					let after = "";
					const half = Math.ceil(most / 2);
					const ticks = Math.ceil(waiting.all.length / half) + 1;
					for (let tick = 0; tick < ticks; tick++) {
						const choice = chooseBatches(waiting, markOf, inVain, after, most);
						expect(choice.batches.length).toBeLessThanOrEqual(most);
						for (const { batchId } of choice.batches) seen.add(batchId);
						after = choice.after;
					}
					expect(seen.size).toBe(waiting.all.length);
				},
			),
		);
	});

	it("gives every other place to whoever's turn it is, passing over what was tried in vain", () => {
		const queues = [queue("late", 50), queue("soon", 50)];
		const { batches } = chooseBatches(
			waitingOf(queues),
			(projectId) => (projectId === "soon" ? 1 : 2),
			(id) => id === "soon-00000",
			"late-00040",
			3,
		);
		// Two of the round, then the first whose turn it is.
		expect(batches.map(({ batchId }) => batchId)).toEqual([
			"late-00041",
			"late-00042",
			"soon-00001",
		]);
	});
});

/** A network of as many cores that are always wanted, and what each project gets of their time. */
interface Wish {
	projectId: string;
	batches: number;
	/** Of its tasks. */
	seconds: number;
	/** From this second on. */
	from?: number;
}

const CORES = 8;

function share(wishes: readonly Wish[], seconds: number): Map<string, number> {
	const shares = new ProjectShares();
	const got = new Map(wishes.map(({ projectId }) => [projectId, 0]));
	const running: { projectId: string; left: number }[] = [];
	let after = "";
	for (let second = 0; second < seconds; second++) {
		for (const task of running) {
			task.left--;
			got.set(task.projectId, (got.get(task.projectId) ?? 0) + 1);
		}
		for (let i = running.length - 1; i >= 0; i--)
			if ((running[i]?.left ?? 0) <= 0) running.splice(i, 1);
		if (running.length >= CORES) continue;
		const here = wishes.filter(({ from = 0 }) => from <= second);
		shares.want(here.map(({ projectId }) => projectId));
		const waiting = waitingOf(
			here.map(({ projectId, batches }) => queue(projectId, batches)),
		);
		const choice = chooseBatches(
			waiting,
			(id) => shares.markOf(id),
			nothingInVain,
			after,
			6,
		);
		after = choice.after;
		const projectOf = new Map(
			choice.batches.map(({ batchId, projectId }) => [batchId, projectId]),
		);
		const turns = new Turns(
			choice.batches.flatMap(({ batchId }) =>
				Array.from({ length: CORES }, () => ({ batchId }) as WaitingTask),
			),
			(batchId) => projectOf.get(batchId),
			shares.marks,
		);
		for (const { batchId } of turns) {
			if (running.length >= CORES) break;
			const projectId = projectOf.get(batchId) ?? "";
			const wish = wishes.find((one) => one.projectId === projectId);
			if (!wish) continue;
			const placed = {
				batchId,
				needs: { cores: 1 },
				runTime: { medianSeconds: wish.seconds },
			} as PlannedTask;
			running.push({ projectId, left: wish.seconds });
			turns.placed(placed);
			shares.charge(projectId, costOf(placed));
		}
	}
	return got;
}

describe("sharing between projects", () => {
	it("gives two that always want more the same core time, however many batches they have and however long their tasks are", () => {
		const wish = (projectId: string) =>
			fc.record({
				projectId: fc.constant(projectId),
				batches: fc.integer({ min: 1, max: 100 }),
				seconds: fc.integer({ min: 1, max: 40 }),
			});
		fc.assert(
			fc.property(wish("a"), wish("b"), (a, b) => {
				const got = share([a, b], 1_500);
				const [x = 0, y = 0] = got.values();
				expect(Math.abs(x - y) / (x + y)).toBeLessThan(0.06);
			}),
			{ numRuns: 12 },
		);
	});

	it("divides evenly between many", () => {
		const got = share(
			[1, 5, 20, 3, 60].map((seconds, i) => ({
				projectId: `p${i}`,
				batches: 10 ** (i % 3),
				seconds,
			})),
			6_000,
		);
		for (const seconds of got.values())
			expect(seconds / (6_000 * CORES)).toBeCloseTo(0.2, 2);
	});

	it("lets nobody pay for having been alone, nor save up while away", () => {
		const got = share(
			[
				{ projectId: "alone", batches: 5, seconds: 10 },
				{ projectId: "later", batches: 5, seconds: 10, from: 3_000 },
			],
			6_000,
		);
		expect((got.get("later") ?? 0) / (3_000 * CORES)).toBeCloseTo(0.5, 1);
	});

	it("takes nothing from who can be placed for who cannot", () => {
		const shares = new ProjectShares();
		for (let i = 0; i < 1_000; i++) {
			shares.want(["works", "fits nowhere"]);
			shares.charge("works", 100);
		}
		shares.want(["works", "fits nowhere", "comes"]);
		const { marks } = shares;
		const apart = (a: string, b: string) =>
			(marks.get(a) ?? Number.NaN) - (marks.get(b) ?? Number.NaN);
		expect(apart("works", "comes")).toBeLessThanOrEqual(800);
		expect(apart("works", "fits nowhere")).toBeLessThanOrEqual(1_700);
	});
});
