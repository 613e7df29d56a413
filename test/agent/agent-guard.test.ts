import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { GuardRecord } from "../../agent/core/protocol.ts";
import { AgentBench, type BenchDevice } from "../support/agent-bench.ts";
import {
	begunOf,
	countOf,
	expectSoberLatency,
	guardRecordOf,
	startCounting,
} from "../support/guarded-device.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const LIMITS = ["--cores", "1", "--memory", "512M", "--disk", "1G"];

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

	/** A device of its own for each test, so that one's records are not another's. */
	const begin = async (): Promise<BenchDevice> => {
		device = await bench.enrol();
		await device.start(...LIMITS);
		return device;
	};
	const recordOf = (...what: [GuardRecord["action"], GuardRecord["reason"]]) =>
		guardRecordOf(device, ...what);

	test("freezes what runs while the owner is busy, and lets it go on afterwards", async () => {
		await begin();
		const task = await startCounting(bench, device);
		device.playDuty(90);
		const freeze = await recordOf("freeze", "cpu");
		expect(freeze.taskIds).toEqual([task.assignment.taskId]);
		expectSoberLatency(freeze);
		expect(freeze.detail).toBe("CPU 90 % is above your 30 %.");
		await until("the server hears that it stands", async () =>
			device.desk.progress.some(({ state }) => state === "paused"),
		);
		const stood = await countOf(bench, task);
		const status = JSON.parse(
			(await device.command("status", "--json")).stdout,
		);
		expect(status).toMatchObject({
			mode: "aside",
			guard: { reason: "cpu", detail: "CPU 90 % is above your 30 %." },
		});
		expect(await countOf(bench, task)).toBe(stood);
		device.playDuty(0);
		const thaw = await recordOf("thaw", "quiet");
		expect(thaw.taskIds).toEqual([task.assignment.taskId]);
		await until("it goes on", async () => (await countOf(bench, task)) > stood);
	});

	test("removes at once what stands frozen when nobody wants it any more", async () => {
		await begin();
		await startCounting(bench, device);
		device.playDuty(90);
		await recordOf("freeze", "cpu");
		bench.gateway.want(device.id, { assignments: [] });
		await until(
			"nothing of it is left",
			async () => (await device.containers()).length === 0,
		);
	});

	test("takes over what a killed agent left frozen", async () => {
		await begin();
		const task = await startCounting(bench, device);
		device.playDuty(90);
		await recordOf("freeze", "cpu");
		await device.end("SIGKILL");
		const stood = await countOf(bench, task);
		device.playDuty(0);
		await device.start(...LIMITS);
		await recordOf("thaw", "quiet");
		await until("it goes on", async () => (await countOf(bench, task)) > stood);
	});

	test("gives back the biggest first when the owner's memory runs short", async () => {
		device = await bench.enrol();
		const proc = `${device.folder}-proc`;
		device.environment = { LULL_AGENT_PROC: proc };
		await mkdir(proc);
		const tellMemory = (availableMiB: number) =>
			writeFile(
				join(proc, "meminfo"),
				`MemTotal: ${8 * 2 ** 20} kB\nMemAvailable: ${availableMiB * 1024} kB\n`,
			);
		await tellMemory(6_000);
		await device.start("--cores", "2", "--memory", "2G", "--disk", "1G");
		const small = await startCounting(bench, device);
		const big = bench.task(
			"head -c 60M /dev/zero > /tmp/x; touch begun; tail -f /dev/null",
			{ manifest: { memoryMiB: 256 } },
		);
		device.give(big);
		await device.running(big);
		await begunOf(bench, big);
		// A tenth of 8 GiB is the owner's; a little of it is missing.
		await tellMemory(815);
		expect(await device.reportOf(big)).toMatchObject({
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
		});
		const record = await recordOf("giveBack", "memory");
		expect(record.taskIds).toEqual([big.assignment.taskId]);
		const { State } = await device.running(small);
		expect(State).toBe("running");
	});

	test("does not count the time that a task stood frozen", async () => {
		await begin();
		const task = bench.task("while [ ! -e go ]; do sleep 0.05; done");
		device.give(task);
		await device.running(task);
		const startedAt = Date.now();
		device.playDuty(90);
		await recordOf("freeze", "cpu");
		const frozenAt = Date.now();
		await until("it stood a while", async () => Date.now() - frozenAt > 1_500);
		device.playDuty(0);
		await recordOf("thaw", "quiet");
		const stoodMs = Date.now() - frozenAt;
		const exec = await bench.docker
			.getContainer(`lull-task-${task.assignment.taskId}`)
			.exec({ Cmd: ["touch", "/output/go"] });
		await exec.start({});
		const report = await device.reportOf(task);
		expect(report.outcome).toBe("succeeded");
		expect(report.runSeconds * 1000).toBeLessThan(
			Date.now() - startedAt - 0.8 * stoodMs + 1_000,
		);
	});
});
