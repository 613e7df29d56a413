import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	AgentBench,
	type BenchDevice,
	outputText,
} from "../support/agent-bench.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();

describe.skipIf(engine === undefined)("an agent on a real engine", () => {
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
		device = await bench.enrol();
		await device.start("--cores", "2", "--memory", "1G", "--disk", "1G");
	});
	afterAll(() => bench?.close());

	test("runs a task from its inputs to its outputs and forgets it when it is acknowledged", async () => {
		const big = bench.gateway.addBlob("first part|second part|third part");
		const part = bench.gateway.addBlob("second part");
		const task = bench.task(
			'cat /input/data/part.txt > answer.txt; echo "LULL_PROGRESS 0.5"; echo hello; echo oops >&2; echo "$LULL_TASK" > id',
			{
				assignment: {
					inputs: [
						{
							path: "data/part.txt",
							offset: 11,
							download: { ...part, path: big.path },
						},
					],
				},
			},
		);
		const report = await device.run(task);
		expect(report).toMatchObject({ outcome: "succeeded", exitCode: 0 });
		expect(outputText(report, "answer.txt")).toBe("second part");
		expect(outputText(report, "id").trim()).toBe(task.assignment.taskId);
		expect(report.stdout.text).toContain("hello");
		expect(report.stderr).toEqual({ text: "oops\n", bytes: 5 });
		expect(report.runSeconds).toBeGreaterThan(0);
		await until(
			"nothing of the task is left",
			async () => (await device.containers()).length === 0,
		);
	});
});
