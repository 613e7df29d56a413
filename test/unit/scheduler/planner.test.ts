import { afterAll, describe, expect, it } from "vitest";
import { askAboutMany } from "../../../bench/placement/made-up-network.ts";
import type { RunTimeRecords } from "../../../server/scheduler/estimate-run-time.ts";
import {
	type PlacementQuestion,
	planPlacements,
} from "../../../server/scheduler/plan-placements.ts";
import { Planner } from "../../../server/scheduler/planner.ts";
import { threadJob } from "../../../server/threads/thread-job.ts";
import { createThreads } from "../../../server/threads/threads.ts";
import type { die } from "../../support/thread-tricks.ts";

const threads = createThreads();
afterAll(() => threads.close());
const NOW = new Date("2026-01-01T12:00:00Z");

/** A plan made here, in words that can be held against another. */
const here = (question: PlacementQuestion) =>
	planPlacements(question, Math.random);

/** As the run times of a version are kept: what has changed is in the log. */
function someRunTimes(records: Record<string, number>) {
	const byDevice = new Map(
		Object.entries(records).map(([id, factor]) => [
			id,
			{ count: 50, logSum: 50 * factor, logSquareSum: 50 * factor ** 2 },
		]),
	);
	const all = { count: 500, logSum: 0, logSquareSum: 20 };
	return { all, byDevice, log: [...byDevice.keys()] } satisfies RunTimeRecords;
}

describe("plans that are made in a thread", () => {
	it("are the plans that would be made here, also when devices, projects' marks and run times change", async () => {
		const planner = new Planner(threads.place);
		const question = askAboutMany(120, 600, NOW);
		expect(await planner.plan(question)).toEqual(here(question));

		const runTimes = someRunTimes({ "device 3": 2, "device 4": -1 });
		const [first, second, ...rest] = question.offers;
		if (!first || !second) throw new Error("There are no offers.");
		const changed: PlacementQuestion = {
			...question,
			// One is gone, one is new, one offers something else.
			offers: [
				...rest,
				{ ...first, deviceId: "new device", ownerId: "new owner" },
				{ ...second, free: { ...second.free, cores: 1 } },
			],
			tasks: question.tasks.map((task, i) => ({
				...task,
				excludedOwners: i % 3 ? task.excludedOwners : ["new owner", "nobody"],
				excludedDevices: i % 5 ? [] : ["device 7", "device 8"],
			})),
			batches: new Map(
				[...question.batches].map(([id, needs]) => [
					id,
					{ ...needs, runTimes },
				]),
			),
			marks: new Map([["project 1", 1e6]]),
		};
		expect(await planner.plan(changed)).toEqual(here(changed));

		// More was learned, of a device that was known and of one that was not.
		for (const id of ["device 3", "device 9"]) {
			runTimes.byDevice.set(id, { count: 9, logSum: 12, logSquareSum: 17 });
			runTimes.log.push(id);
		}
		expect(await planner.plan(changed)).toEqual(here(changed));
	});

	it("cut work units as they would be cut here", async () => {
		const question = askAboutMany(60, 600, NOW);
		const long = new Map(
			[...question.batches].map(([id, needs]) => [
				id,
				{
					...needs,
					placement: "predictive" as const,
					estimatedOperations: 1e15,
				},
			]),
		);
		const cutting = { first: "from", size: "count", smallest: 1 };
		const asked = {
			...question,
			batches: long,
			tasks: question.tasks.map((task, i) => ({
				...task,
				cuttable: {
					cutting,
					parameters: { from: String(i * 1e6), count: "1000000" },
				},
			})),
		};
		const plan = await new Planner(threads.place).plan(asked);
		expect(plan.cuts.length).toBeGreaterThan(0);
		expect(plan).toEqual(here(asked));
	});

	it("are made by the next thread when one is lost", async () => {
		const planner = new Planner(threads.place);
		const question = askAboutMany(120, 600, NOW);
		await planner.plan(question);
		const dying = threadJob<typeof die>(
			new URL("../../support/thread-tricks.ts", import.meta.url),
			"die",
			10_000,
		);
		await expect(
			threads.place.run(dying, () => undefined as never),
		).rejects.toThrow();
		expect(await planner.plan(question)).toEqual(here(question));
	});

	it("are made here when they are small", async () => {
		const planner = new Planner({
			run: () => Promise.reject(new Error("There is no thread.")),
		});
		const question = askAboutMany(10, 50, NOW);
		expect(await planner.plan(question)).toEqual(here(question));
	});
});
