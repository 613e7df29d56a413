import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
	type OwnerRules,
	ownerRulesSchema,
} from "../../agent/core/protocol.ts";
import { AgentBench, type BenchDevice } from "../support/agent-bench.ts";
import {
	countOf,
	guardRecordOf,
	startCounting,
} from "../support/guarded-device.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const LIMITS = ["--cores", "1", "--memory", "512M", "--disk", "1G"];

// Nothing else may run on this machine meanwhile: it would be taken for the owner's programs, and rightly so.
describe.skipIf(engine === undefined)("The guard of a device", () => {
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
	});
	afterEach(async () => {
		await device.end("SIGKILL");
	});
	afterAll(() => bench?.close());

	test("senses by itself when the owner's programs need the processor", async () => {
		device = await bench.enrol();
		device.dutyFile = undefined;
		bench.gateway.want(device.id, { rules: rules({ cpuLimit: 90 }) });
		await device.start(...LIMITS);
		const task = await startCounting(bench, device);
		const owner = await startOwner();
		try {
			await guardRecordOf(device, "freeze", "cpu");
			const stood = await countOf(bench, task);
			expect(await countOf(bench, task)).toBe(stood);
		} finally {
			for (const child of owner) child.kill("SIGKILL");
		}
	});

	test("does not take our own tasks, however busy, for the owner's", async () => {
		device = await bench.enrol();
		device.dutyFile = undefined;
		bench.gateway.want(device.id, {
			rules: rules({ cpuLimit: 100 }),
			watch: { samples: true, taskIds: [] },
		});
		await device.start("--cores", "64", "--memory", "512M", "--disk", "1G");
		const { NCPU: cores } = await bench.docker.info();
		const busy = bench.task(
			`for i in $(seq ${cores}); do (while :; do :; done) & done; wait`,
			{ manifest: { cores } },
		);
		device.give(busy);
		await device.running(busy);
		// Taken for the owner's it would be frozen a tenth of a second after each thaw, and never come to this.
		const working = await until(
			"its work is seen",
			async () => device.desk.samples.findLast(({ oursCpu }) => oursCpu > 30),
			30_000,
		);
		expect(working.dutyCpu + working.oursCpu).toBeLessThanOrEqual(100.01);
	});
});

const rules = (from: Partial<OwnerRules>) => ownerRulesSchema.parse(from);

/** Programs of the owner that take every core. */
async function startOwner(): Promise<ChildProcess[]> {
	return [1, 2, 3, 4].map(() =>
		spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
	);
}
