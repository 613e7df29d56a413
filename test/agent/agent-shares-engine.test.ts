import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AgentBench, type BenchDevice } from "../support/agent-bench.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();

describe.skipIf(engine === undefined)("two agents on one engine", () => {
	let bench: AgentBench;
	let one: BenchDevice;
	let other: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
		one = await bench.enrol("One");
		other = await bench.enrol("Other");
		await Promise.all([
			one.start("--cores", "1", "--memory", "512M", "--disk", "1G"),
			other.start("--cores", "1", "--memory", "512M", "--disk", "1G"),
		]);
	});
	afterAll(() => bench?.close());

	test("do not touch each other's containers, whatever happens to one of them", async () => {
		const mine = bench.task("sleep 1000");
		const theirs = bench.task("sleep 1000");
		one.give(mine);
		other.give(theirs);
		const [, running] = await Promise.all([
			one.running(mine),
			other.running(theirs),
		]);
		await one.end("SIGTERM");
		await one.start("--cores", "1", "--memory", "512M");
		const again = bench.task("echo still here");
		expect((await one.run(again)).outcome).toBe("succeeded");
		expect(await one.containers()).toEqual([]);
		expect((await other.running(theirs)).Id).toBe(running.Id);
		bench.gateway.want(other.id, { assignments: [] });
		await until(
			"its own agent has removed it",
			async () => (await other.containers()).length === 0,
		);
	});

	test("count neither's containers as the owner's duty", async () => {
		const busy = bench.task("while :; do :; done", {
			manifest: { cores: 1 },
		});
		const watch = { samples: true, taskIds: [] };
		bench.gateway.want(one.id, { watch });
		other.give(busy);
		await other.running(busy);
		const sample = await until(
			"the agent that does not run it sees it as ours",
			async () => one.desk.samples.findLast(({ oursCpu }) => oursCpu > 5),
			30_000,
		);
		const { NCPU } = await bench.docker.info();
		// Together they are never more than the machine: what is ours was taken off the duty.
		expect(sample.oursCpu).toBeLessThanOrEqual(100 / NCPU + 2);
		expect(sample.dutyCpu + sample.oursCpu).toBeLessThanOrEqual(100.01);
		bench.gateway.want(other.id, { assignments: [] });
	});
});
