import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	MAX_ATTEMPTS,
	type Observed,
	type ObservedContainer,
	type ObservedTask,
	plan,
	type Step,
	type WantedState,
	type WantedTask,
} from "../../../agent/core/plan.ts";
import type { Assignment } from "../../../agent/core/protocol.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const ID = "11111111-1111-4111-8111-111111111111";

const aTask = (from: Partial<ObservedTask> = {}): ObservedTask => ({
	assignment: {
		deadline: new Date("2026-03-02T12:00:00Z"),
		cores: 1,
		memoryMiB: 100,
		archiveSha256: "a".repeat(64),
		maxFrozenSeconds: 300,
		projectId: "33333333-3333-4333-8333-333333333333",
	},
	imageReady: true,
	inputsReady: true,
	container: undefined,
	ending: undefined,
	reported: false,
	attempts: 0,
	...from,
});
const aContainer = (
	from: Partial<ObservedContainer> = {},
): ObservedContainer => ({
	id: "c1",
	state: "running",
	exitCode: 0,
	memoryKilled: false,
	...from,
});
const aWantedState = (from: Partial<WantedState> = {}): WantedState => ({
	tasks: undefined,
	giveBack: undefined,
	takeNothing: undefined,
	endings: new Map(),
	frozen: false,
	capacity: { cores: 2, memoryMiB: 1000 },
	...from,
});
const wanted = (...ids: string[]) =>
	new Map(
		ids.map((taskId): [string, WantedTask] => [
			taskId,
			{ assignment: { taskId } as Assignment, manifest: undefined },
		]),
	);
const pausing = {
	errorCode: "devicePaused",
	reason: "It is paused.",
} as const;
const ending = {
	outcome: "failed",
	errorCode: "diskLimit",
	errorDetail: "It wrote too much.",
} as const;

/** The actions for one task. */
function actionsFor(
	task: ObservedTask | undefined,
	wanted: Partial<WantedState> = {},
	{ connected = true, now = NOW } = {},
): string[] {
	const tasks = new Map(task ? [[ID, task]] : []);
	return plan(aWantedState(wanted), { tasks, orphans: [], connected }, now).map(
		({ action }) => action,
	);
}

describe("The plan", () => {
	test.each<[string, string[], Parameters<typeof actionsFor>]>([
		[
			"takes what is wanted and not here",
			["takeTask"],
			[undefined, { tasks: wanted(ID) }],
		],
		[
			"returns what is wanted while it takes nothing",
			["endTask"],
			[undefined, { tasks: wanted(ID), takeNothing: pausing }],
		],
		[
			"asks for image and inputs side by side",
			["fetchImage", "fetchInputs"],
			[aTask({ imageReady: false, inputsReady: false })],
		],
		[
			"waits for the inputs when the image is here",
			["fetchInputs"],
			[aTask({ inputsReady: false })],
		],
		["starts what is ready", ["startTask"], [aTask()]],
		[
			"starts what was created and never started",
			["startTask"],
			[aTask({ container: aContainer({ state: "created" }) })],
		],
		[
			"stays with what runs",
			["superviseTask"],
			[aTask({ container: aContainer() })],
		],
		[
			"lets a paused container go on",
			["unpauseTask"],
			[aTask({ container: aContainer({ state: "paused" }) })],
		],
		[
			"collects what ended",
			["collectTask"],
			[aTask({ container: aContainer({ state: "exited" }) })],
		],
		[
			"collects what failed by itself",
			["collectTask"],
			[aTask({ container: aContainer({ state: "exited", exitCode: 1 }) })],
		],
		[
			"starts over what was killed from outside",
			["startOver"],
			[aTask({ container: aContainer({ state: "exited", exitCode: 137 }) })],
		],
		[
			"does not start over what used too much memory",
			["collectTask"],
			[
				aTask({
					container: aContainer({
						state: "exited",
						exitCode: 137,
						memoryKilled: true,
					}),
				}),
			],
		],
		[
			"does not start over for ever",
			["collectTask"],
			[
				aTask({
					attempts: MAX_ATTEMPTS,
					container: aContainer({ state: "exited", exitCode: 255 }),
				}),
			],
		],
		[
			"ends what has passed its deadline",
			["endTask"],
			[
				aTask({ container: aContainer() }),
				{},
				{ now: new Date("2026-03-03T00:00:00Z") },
			],
		],
		[
			"collects what finished in time although it is late now",
			["collectTask"],
			[
				aTask({ container: aContainer({ state: "exited" }) }),
				{},
				{ now: new Date("2026-03-03T00:00:00Z") },
			],
		],
		[
			"ends what runs when everything is given back",
			["endTask"],
			[aTask({ container: aContainer() }), { giveBack: pausing }],
		],
		[
			"collects what must end",
			["collectTask"],
			[aTask({ container: aContainer(), ending })],
		],
		[
			"goes on while draining",
			["superviseTask"],
			[aTask({ container: aContainer() }), { takeNothing: pausing }],
		],
		[
			"removes the container once the report is written",
			["removeContainer"],
			[aTask({ reported: true, container: aContainer({ state: "exited" }) })],
		],
		["sends the report", ["sendReport"], [aTask({ reported: true })]],
		[
			"keeps the report while the server is away",
			[],
			[aTask({ reported: true }), {}, { connected: false }],
		],
		[
			"sends a report of what nobody wants any more: only the answer counts",
			["sendReport"],
			[aTask({ reported: true }), { tasks: wanted() }],
		],
		[
			"forgets what the server does not want",
			["forgetTask"],
			[aTask({ container: aContainer() }), { tasks: wanted() }],
		],
		[
			"goes on with everything until the server has spoken",
			["superviseTask"],
			[aTask({ container: aContainer() }), { tasks: undefined }],
		],
		[
			"forgets a container whose folder was lost",
			["forgetTask"],
			[aTask({ assignment: undefined, container: aContainer() })],
		],
		[
			"returns what is larger than what the owner lends",
			["endTask"],
			[aTask(), { capacity: { cores: 0.5, memoryMiB: 1000 } }],
		],
	])("%s", (_sentence, actions, given) => {
		expect(actionsFor(...given)).toEqual(actions);
	});

	test("removes containers that belong to no task", () => {
		const observed = { tasks: new Map(), orphans: ["c9"], connected: false };
		expect(plan(aWantedState(), observed, NOW)).toEqual([
			{ action: "removeOrphan", containerId: "c9" },
		]);
	});

	test("fetches an image once for all tasks that need it", () => {
		const tasks = new Map(
			[1, 2, 3].map(() => [randomUUID(), aTask({ imageReady: false })]),
		);
		const steps = plan(
			aWantedState(),
			{ tasks, orphans: [], connected: true },
			NOW,
		);
		expect(steps.filter(({ action }) => action === "fetchImage")).toHaveLength(
			1,
		);
	});

	test("starts the most urgent first and no more than fits beside what runs", () => {
		const due = (hour: number) => ({
			deadline: new Date(NOW.getTime() + hour * 3_600_000),
			cores: 1,
			memoryMiB: 100,
			archiveSha256: "a".repeat(64),
			maxFrozenSeconds: 300,
			projectId: "33333333-3333-4333-8333-333333333333",
		});
		const tasks = new Map([
			["late", aTask({ assignment: due(9) })],
			["soon", aTask({ assignment: due(1) })],
			["runs", aTask({ assignment: due(5), container: aContainer() })],
		]);
		const steps = plan(
			aWantedState(),
			{ tasks, orphans: [], connected: true },
			NOW,
		);
		expect(steps).toContainEqual({ action: "startTask", taskId: "soon" });
		expect(steps).not.toContainEqual({ action: "startTask", taskId: "late" });
	});

	test("starts nothing while the owner is busy, and prepares all the same", () => {
		expect(actionsFor(aTask(), { frozen: true })).toEqual([]);
		expect(actionsFor(aTask({ imageReady: false }), { frozen: true })).toEqual([
			"fetchImage",
		]);
	});

	test("stays with what the engine paused while the owner is busy, and lets it go on afterwards", () => {
		const paused = aTask({ container: aContainer({ state: "paused" }) });
		expect(actionsFor(paused, { frozen: true })).toEqual(["superviseTask"]);
		expect(actionsFor(paused)).toEqual(["unpauseTask"]);
	});

	test("gives back single tasks that must go, also before they are taken", () => {
		const back = {
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
			errorDetail: "The owner needs the memory.",
		} as const;
		const endings = new Map([[ID, back]]);
		const running = aTask({ container: aContainer() });
		expect(actionsFor(running, { endings })).toEqual(["endTask"]);
		expect(actionsFor(undefined, { endings, tasks: wanted(ID) })).toEqual([
			"endTask",
		]);
		const done = aTask({ container: aContainer({ state: "exited" }) });
		expect(actionsFor(done, { endings })).toEqual(["collectTask"]);
	});
});

// ── Planning and doing always comes to rest ──────────────────────────────────────────────────────

/** What each step makes of the model; nothing fails. A program that is supervised ends. */
function apply(
	step: Step,
	tasks: Map<string, ObservedTask>,
	finished: Set<string>,
): void {
	if (step.action === "removeOrphan") return;
	const { taskId } = step;
	const task =
		tasks.get(taskId) ??
		aTask({ imageReady: false, inputsReady: false, assignment: undefined });
	const set = (change: Partial<ObservedTask>) =>
		tasks.set(taskId, { ...task, ...change });
	switch (step.action) {
		case "takeTask":
			return void tasks.set(
				taskId,
				aTask({ imageReady: false, inputsReady: false }),
			);
		case "fetchImage":
			for (const [id, each] of tasks)
				if (each.assignment?.archiveSha256 === step.archiveSha256)
					tasks.set(id, { ...each, imageReady: true });
			return;
		case "fetchInputs":
			return void set({ inputsReady: true });
		case "startTask":
		case "unpauseTask":
			return void set({ container: aContainer() });
		case "superviseTask":
			return void set({ container: aContainer({ state: "exited" }) });
		case "startOver":
			return void set({ container: undefined, attempts: task.attempts + 1 });
		case "endTask":
			return void set({ ending: step.ending });
		case "collectTask":
			return void set({
				reported: true,
				...(task.container
					? { container: { ...task.container, state: "exited" as const } }
					: {}),
			});
		case "removeContainer":
			return void set({ container: undefined });
		case "sendReport":
			finished.add(taskId);
			return void tasks.delete(taskId);
		case "forgetTask":
			return void tasks.delete(taskId);
	}
}

const anyContainer = fc.record({
	id: fc.constantFrom("c1", "c2"),
	state: fc.constantFrom("created", "running", "paused", "exited"),
	exitCode: fc.constantFrom(0, 1, 137, 143, 255),
	memoryKilled: fc.boolean(),
}) as fc.Arbitrary<ObservedContainer>;
const anyTask = fc.record({
	assignment: fc.option(
		fc.record({
			deadline: fc.constantFrom(new Date(0), new Date("2027-01-01T00:00:00Z")),
			cores: fc.constantFrom(0.5, 1, 2, 5),
			memoryMiB: fc.constantFrom(10, 1000, 5000),
			archiveSha256: fc.constantFrom("a", "b"),
		}),
		{ nil: undefined },
	),
	imageReady: fc.boolean(),
	inputsReady: fc.boolean(),
	container: fc.option(anyContainer, { nil: undefined }),
	ending: fc.constantFrom(undefined, ending),
	reported: fc.boolean(),
	attempts: fc.nat({ max: 4 }),
}) as fc.Arbitrary<ObservedTask>;
const NAMES = ["t1", "t2", "t3", "t4"];

test("Planning and doing comes to rest from any state, with nothing left behind", () => {
	fc.assert(
		fc.property(
			fc.dictionary(fc.constantFrom(...NAMES), anyTask),
			fc.option(fc.subarray(NAMES), { nil: undefined }),
			fc.constantFrom(undefined, pausing),
			fc.constantFrom(undefined, pausing),
			(start, wants, giveBack, takeNothing) => {
				const tasks = new Map(Object.entries(start));
				const finished = new Set<string>();
				const look = (): Observed => ({ tasks, orphans: [], connected: true });
				const wantedNow = () =>
					aWantedState({
						tasks: wants && wanted(...wants.filter((id) => !finished.has(id))),
						giveBack,
						takeNothing,
					});
				for (let round = 0; round < 100; round++) {
					const steps = plan(wantedNow(), look(), NOW);
					if (steps.length === 0) break;
					for (const step of steps) apply(step, tasks, finished);
				}
				expect(plan(wantedNow(), look(), NOW)).toEqual([]);
				expect([...tasks.keys()]).toEqual([]);
			},
		),
		{ numRuns: 2000 },
	);
});

test("No more runs at once than the owner lends, whatever is ready", () => {
	fc.assert(
		fc.property(fc.array(anyTask, { maxLength: 8 }), (given) => {
			const tasks = new Map(given.map((task, at) => [`t${at}`, task]));
			const wanted = aWantedState();
			const started = plan(
				wanted,
				{ tasks, orphans: [], connected: true },
				NOW,
			).flatMap((step) =>
				step.action === "startTask" ? (tasks.get(step.taskId) ?? []) : [],
			);
			const alive = [...tasks.values()].filter(
				({ container }) =>
					container?.state === "running" || container?.state === "paused",
			);
			const cores = (list: ObservedTask[]) =>
				list.reduce((sum, { assignment }) => sum + (assignment?.cores ?? 0), 0);
			// What was running before us may be too much already; then nothing is added.
			if (started.length)
				expect(cores(started) + cores(alive)).toBeLessThanOrEqual(
					wanted.capacity.cores + 0.001,
				);
		}),
		{ numRuns: 2000 },
	);
});
