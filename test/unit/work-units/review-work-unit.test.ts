import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TaskState } from "../../../server/database/generated/enums.ts";
import { judgeTasks } from "../../../server/verification/judge-tasks.ts";
import {
	type Review,
	type ReviewedTask,
	type ReviewedWorkUnit,
	reviewWorkUnit,
} from "../../../server/work-units/review/review-work-unit.ts";

const NOW = new Date("2026-01-01T12:00:00Z");
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

type TestTask = ReviewedTask & { answer?: string; ownerId?: string };
let made = 0;
const aTask = (task: Partial<TestTask> = {}): TestTask => ({
	id: `task-${made++}`,
	state: "unsent",
	leaseExpiresAt: null,
	deadlineAt: null,
	silentSince: null,
	deviceRetired: false,
	...task,
});
const aRunningTask = (task: Partial<TestTask> = {}) =>
	aTask({ state: "running", deadlineAt: later(3600), ...task });
const aReport = (answer: string, ownerId: string) =>
	aTask({ state: "reported", answer, ownerId });
type TestUnit = Omit<ReviewedWorkUnit, "tasks"> & {
	tasks: TestTask[];
	canonical?: string;
};
const aWorkUnit = (unit: Partial<TestUnit> = {}): TestUnit => ({
	state: "open",
	quorum: 2,
	targetCopies: 2,
	maxErrors: 3,
	maxTotal: 8,
	deadlineSeconds: 3600,
	tasks: [],
	...unit,
});

function review(unit: TestUnit, now = NOW): Review {
	const byId = new Map(unit.tasks.map((task) => [task.id, task]));
	const same = (a: string, b: string) =>
		byId.get(a)?.answer === byId.get(b)?.answer;
	return reviewWorkUnit(
		unit,
		now,
		(ids) =>
			judgeTasks(
				ids.map((taskId) => ({
					taskId,
					ownerIds: [byId.get(taskId)?.ownerId ?? []].flat(),
				})),
				unit.quorum,
				same,
			),
		(taskId) => unit.canonical !== undefined && same(taskId, unit.canonical),
	);
}
const steps = (unit: TestUnit, now = NOW) => review(unit, now).steps;

/** What the shell does with the steps, on the test's own model. */
function apply(unit: TestUnit, { steps }: Review): TestUnit {
	const next: TestUnit = {
		...unit,
		tasks: unit.tasks.map((task) => ({ ...task })),
	};
	const move = (id: string, state: TaskState) => {
		const task = next.tasks.find((candidate) => candidate.id === id);
		if (task) task.state = state;
	};
	for (const step of steps) {
		if (step.step === "loseTask") move(step.taskId, "lost");
		if (step.step === "cancelTasks")
			for (const id of step.taskIds) move(id, "cancelled");
		if (step.step === "createTasks")
			for (let i = 0; i < step.count; i++) next.tasks.push(aTask());
		if (step.step === "raiseTarget") next.targetCopies = step.targetCopies;
		if (step.step === "failWorkUnit") next.state = "failed";
		if (step.step === "judgeLate")
			move(step.taskId, step.valid ? "valid" : "invalid");
		if (step.step === "acceptResults") {
			next.state = "done";
			next.canonical = step.canonicalTaskId;
			for (const id of step.valid) move(id, "valid");
			for (const id of step.invalid) move(id, "invalid");
		}
	}
	return next;
}

describe("a review of a work unit", () => {
	it("makes as many tasks as copies are wanted", () => {
		expect(steps(aWorkUnit({ targetCopies: 3 }))).toEqual([
			{ step: "createTasks", count: 3 },
		]);
	});

	it("waits while enough tasks are on their way", () => {
		const unit = aWorkUnit({
			tasks: [aRunningTask(), aRunningTask({ deadlineAt: later(60) })],
		});
		expect(review(unit)).toEqual({ steps: [], reviewAt: later(60) });
	});

	it("accepts results that agree and stops the copies that have not begun", () => {
		const [a, b, spare] = [aReport("42", "ada"), aReport("42", "bob"), aTask()];
		expect(steps(aWorkUnit({ targetCopies: 3, tasks: [a, b, spare] }))).toEqual(
			[
				{
					step: "acceptResults",
					canonicalTaskId: a.id,
					valid: [a.id, b.id],
					invalid: [],
				},
				{ step: "cancelTasks", taskIds: [spare.id] },
			],
		);
	});

	it("lets a copy that runs already finish", () => {
		const running = aRunningTask();
		const unit = aWorkUnit({
			targetCopies: 3,
			tasks: [aReport("42", "ada"), aReport("42", "bob"), running],
		});
		const result = review(unit);
		expect(result.steps.map(({ step }) => step)).toEqual(["acceptResults"]);
		expect(result.reviewAt).toEqual(running.deadlineAt);
	});

	it("asks for one more copy when two results differ", () => {
		const unit = aWorkUnit({
			tasks: [aReport("42", "ada"), aReport("43", "bob")],
		});
		expect(steps(unit)).toEqual([
			{ step: "raiseTarget", targetCopies: 3 },
			{ step: "createTasks", count: 1 },
		]);
	});

	it("never lets one owner's devices be a quorum alone", () => {
		const unit = aWorkUnit({
			tasks: [aReport("42", "eve"), aReport("42", "eve")],
		});
		expect(steps(unit).map(({ step }) => step)).toEqual([
			"raiseTarget",
			"createTasks",
		]);
	});

	it("marks the odd one out invalid", () => {
		const [a, odd, b] = [
			aReport("42", "ada"),
			aReport("13", "eve"),
			aReport("42", "bob"),
		];
		expect(steps(aWorkUnit({ tasks: [a, odd, b] }))).toEqual([
			{
				step: "acceptResults",
				canonicalTaskId: a.id,
				valid: [a.id, b.id],
				invalid: [odd.id],
			},
		]);
	});

	it("gives up a task whose deadline passed, and makes another", () => {
		const late = aRunningTask({ deadlineAt: later(-1) });
		expect(steps(aWorkUnit({ tasks: [late, aRunningTask()] }))).toEqual([
			{ step: "loseTask", taskId: late.id, reason: "deadlinePassed" },
			{ step: "createTasks", count: 1 },
		]);
	});

	it("gives up a lease that was never taken up", () => {
		const forgotten = aTask({
			state: "leased",
			leaseExpiresAt: later(-1),
			deadlineAt: later(3600),
		});
		expect(
			steps(aWorkUnit({ tasks: [forgotten, aRunningTask()] }))[0],
		).toMatchObject({ reason: "leaseExpired" });
	});

	it("waits for a silent device for a tenth of the deadline, then gives its task up", () => {
		const silent = aRunningTask({ silentSince: later(-359) });
		expect(steps(aWorkUnit({ tasks: [silent, aRunningTask()] }))).toEqual([]);
		expect(
			steps(aWorkUnit({ tasks: [silent, aRunningTask()] }), later(1))[0],
		).toMatchObject({ reason: "deviceSilent" });
	});

	it("fails a work unit with more errors than its limit, and stops the rest", () => {
		const errors = Array.from({ length: 4 }, () => aTask({ state: "errored" }));
		const waiting = aTask();
		expect(steps(aWorkUnit({ tasks: [...errors, waiting] }))).toEqual([
			{ step: "failWorkUnit", reason: "tooManyErrors" },
			{ step: "cancelTasks", taskIds: [waiting.id] },
		]);
	});

	it("fails when no more tasks may be made and nothing is on its way", () => {
		const lost = Array.from({ length: 8 }, () => aTask({ state: "lost" }));
		expect(steps(aWorkUnit({ tasks: lost }))).toEqual([
			{ step: "failWorkUnit", reason: "tooManyTasks" },
		]);
	});

	it("does not count what an owner gave back against the researcher's limits", () => {
		const returned = Array.from({ length: 50 }, () =>
			aTask({ state: "returned" }),
		);
		expect(steps(aWorkUnit({ tasks: returned }))).toEqual([
			{ step: "createTasks", count: 2 },
		]);
	});

	it("judges a result that comes late against the canonical one", () => {
		const canonical = aTask({ state: "valid", answer: "42" });
		const [right, wrong] = [aReport("42", "cyd"), aReport("41", "dan")];
		const unit = aWorkUnit({
			state: "done",
			canonical: canonical.id,
			tasks: [canonical, right, wrong],
		});
		expect(steps(unit)).toEqual([
			{ step: "judgeLate", taskId: right.id, valid: true },
			{ step: "judgeLate", taskId: wrong.id, valid: false },
		]);
	});

	it("stops everything of a cancelled work unit", () => {
		const tasks = [aTask(), aRunningTask(), aReport("42", "ada")];
		expect(steps(aWorkUnit({ state: "cancelled", tasks }))).toEqual([
			{ step: "cancelTasks", taskIds: tasks.map(({ id }) => id) },
		]);
	});
});

describe("reviewing and applying", () => {
	const anyTask = fc.record({
		state: fc.constantFrom<TaskState>(
			"unsent",
			"leased",
			"preparing",
			"running",
			"paused",
			"reported",
			"valid",
			"invalid",
			"errored",
			"lost",
			"cancelled",
			"returned",
		),
		answer: fc.constantFrom("1", "2", "3"),
		ownerId: fc.constantFrom("ada", "bob", "cyd"),
		deadlineAt: fc.constantFrom(later(-5), later(500)),
		leaseExpiresAt: fc.constantFrom(null, later(-5), later(50)),
		silentSince: fc.constantFrom(null, later(-10), later(-5000)),
		deviceRetired: fc.boolean(),
	});
	const anyUnit = fc.record({
		state: fc.constantFrom("open", "failed", "cancelled") as fc.Arbitrary<
			"open" | "failed" | "cancelled"
		>,
		quorum: fc.integer({ min: 1, max: 4 }),
		targetCopies: fc.integer({ min: 1, max: 6 }),
		maxErrors: fc.integer({ min: 0, max: 5 }),
		maxTotal: fc.integer({ min: 1, max: 12 }),
		tasks: fc.array(anyTask, { maxLength: 12 }),
	});

	it("comes to rest: a second review right after the first one's steps has none", () => {
		fc.assert(
			fc.property(anyUnit, (plain) => {
				const unit = aWorkUnit({
					...plain,
					tasks: plain.tasks.map((task) => aTask(task)),
				});
				const after = apply(unit, review(unit));
				expect(steps(after)).toEqual([]);
			}),
			{ numRuns: 2000 },
		);
	});

	it("never leaves an open work unit with nothing on its way and nobody to make it", () => {
		fc.assert(
			fc.property(anyUnit, (plain) => {
				const unit = aWorkUnit({
					...plain,
					state: "open",
					tasks: plain.tasks.map((task) => aTask(task)),
				});
				const after = apply(unit, review(unit));
				const live = after.tasks.filter(({ state }) =>
					["unsent", "leased", "preparing", "running", "paused"].includes(
						state,
					),
				);
				expect(after.state !== "open" || live.length > 0).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});

	it("never makes more tasks than the limit allows", () => {
		fc.assert(
			fc.property(anyUnit, (plain) => {
				const unit = aWorkUnit({
					...plain,
					tasks: plain.tasks.map((task) => aTask(task)),
				});
				const counted = (some: TestTask[]) =>
					some.filter(
						({ state }) => state !== "returned" && state !== "cancelled",
					).length;
				const after = apply(unit, review(unit));
				expect(counted(after.tasks)).toBeLessThanOrEqual(
					Math.max(unit.maxTotal, counted(unit.tasks)),
				);
			}),
			{ numRuns: 2000 },
		);
	});
});
