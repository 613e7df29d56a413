import { expect } from "vitest";
import type { GuardRecord } from "../../agent/core/protocol.ts";
import type { AgentBench, BenchDevice, BenchTask } from "./agent-bench.ts";
import { until } from "./until.ts";

/** A task that counts in /output/n for ever, twenty times a second. */
export const countingTask = (
	bench: AgentBench,
	options: Parameters<AgentBench["task"]>[1] = {},
): BenchTask =>
	bench.task(
		"n=0; while :; do n=$((n+1)); echo $n > n.new; mv n.new n; sleep 0.05; done",
		options,
	);

/** How far such a task has counted, whether it runs or stands. */
export async function countOf(
	bench: AgentBench,
	{ assignment: { taskId } }: BenchTask,
): Promise<number> {
	const container = bench.docker.getContainer(`lull-task-${taskId}`);
	const archive = await container.getArchive({ path: "/output/n" });
	const chunks: Buffer[] = [];
	for await (const chunk of archive) chunks.push(chunk as Buffer);
	// A tar archive with one file: its text begins after the header.
	const text = Buffer.concat(chunks).subarray(512).toString("latin1");
	return Number.parseInt(text, 10);
}

/** Gives a counting task to a device and waits until it counts. */
export async function startCounting(
	bench: AgentBench,
	device: BenchDevice,
	options: Parameters<AgentBench["task"]>[1] = {},
): Promise<BenchTask> {
	const task = countingTask(bench, options);
	device.give(task);
	await device.running(task);
	await until(`it counts\n${device.log}`, async () =>
		countOf(bench, task).then(
			(n) => n > 0,
			() => false,
		),
	);
	return task;
}

/** Waits until a task has made /output/begun, or another file. */
export async function begunOf(
	bench: AgentBench,
	{ assignment: { taskId } }: BenchTask,
	path = "/output/begun",
): Promise<void> {
	const container = bench.docker.getContainer(`lull-task-${taskId}`);
	await until(
		`${path} is there`,
		async () =>
			container.getArchive({ path }).then(
				(stream) => {
					(stream as unknown as { resume(): void }).resume();
					return true;
				},
				() => false,
			),
		40_000,
	);
}

/** Waits for a record of the guard that the gateway has heard. */
export const guardRecordOf = (
	device: BenchDevice,
	action: GuardRecord["action"],
	reason: GuardRecord["reason"],
): Promise<GuardRecord> =>
	until(
		`a record says ${action} because of ${reason}; the agent says:\n${device.log}`,
		async () =>
			device.desk.guardRecords.find(
				(record) => record.action === action && record.reason === reason,
			),
		30_000,
	);

/**
 * A record says how long the owner waited. How little that should be is measured by the bench of the guard, on a quiet
 * machine; here it only has to be a time that can have passed.
 */
export function expectSoberLatency({ latencyMs }: GuardRecord): void {
	expect(latencyMs).toBeGreaterThan(0);
	expect(latencyMs).toBeLessThan(60_000);
}
