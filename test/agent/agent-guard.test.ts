import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
	type GuardRecord,
	type OwnerRules,
	ownerRulesSchema,
} from "../../agent/protocol.ts";
import {
	AgentBench,
	type BenchDevice,
	type BenchTask,
} from "../support/agent-bench.ts";
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
	/** Counts in /output for ever, twenty times a second. */
	const counting = () =>
		bench.task(
			"n=0; while :; do n=$((n+1)); echo $n > n.new; mv n.new n; sleep 0.05; done",
		);
	const countOf = async (task: BenchTask) => {
		const container = bench.docker.getContainer(
			`lull-task-${task.assignment.taskId}`,
		);
		const archive = await container.getArchive({ path: "/output/n" });
		const chunks: Buffer[] = [];
		for await (const chunk of archive) chunks.push(chunk as Buffer);
		// A tar archive with one file: its text begins after the header.
		return Number.parseInt(
			Buffer.concat(chunks).subarray(512).toString("latin1"),
			10,
		);
	};
	const recordOf = (
		action: GuardRecord["action"],
		reason: GuardRecord["reason"],
	) =>
		until(
			`a record says ${action} because of ${reason}; the agent says:\n${device.log}`,
			async () =>
				device.desk.guardRecords.find(
					(record) => record.action === action && record.reason === reason,
				),
			30_000,
		);
	const startCounting = async () => {
		const task = counting();
		device.give(task);
		await device.running(task);
		await until("it counts", async () =>
			countOf(task).then(
				(n) => n > 0,
				() => false,
			),
		);
		return task;
	};

	test("freezes what runs while the owner is busy, and lets it go on afterwards", async () => {
		await begin();
		const task = await startCounting();
		device.playDuty(90);
		const freeze = await recordOf("freeze", "cpu");
		expect(freeze.taskIds).toEqual([task.assignment.taskId]);
		expect(freeze.latencyMs).toBeLessThan(300);
		expect(freeze.detail).toBe("CPU 90 % is above your 30 %.");
		await until("the server hears that it stands", async () =>
			device.desk.progress.some(({ state }) => state === "paused"),
		);
		const stood = await countOf(task);
		const status = JSON.parse(
			(await device.command("status", "--json")).stdout,
		);
		expect(status).toMatchObject({
			mode: "aside",
			guard: { reason: "cpu", detail: "CPU 90 % is above your 30 %." },
		});
		expect(await countOf(task)).toBe(stood);
		device.playDuty(0);
		const thaw = await recordOf("thaw", "quiet");
		expect(thaw.taskIds).toEqual([task.assignment.taskId]);
		await until("it goes on", async () => (await countOf(task)) > stood);
	});

	test("senses by itself when the owner's programs need the processor", async () => {
		device = await bench.enrol();
		device.dutyFile = undefined;
		bench.gateway.want(device.id, { rules: rules({ cpuLimit: 90 }) });
		await device.start(...LIMITS);
		const task = await startCounting();
		const owner = await startOwner();
		try {
			await recordOf("freeze", "cpu");
			const stood = await countOf(task);
			expect(await countOf(task)).toBe(stood);
		} finally {
			for (const child of owner) child.kill("SIGKILL");
		}
		await recordOf("thaw", "quiet");
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
		const working = await until(
			"its work is seen",
			async () => device.desk.samples.findLast(({ oursCpu }) => oursCpu > 30),
			30_000,
		);
		expect(working.dutyCpu + working.oursCpu).toBeLessThanOrEqual(100.01);
		// Taken for the owner's, it would be all of the machine.
		expect(device.desk.guardRecords).toEqual([]);
	});

	test("removes at once what stands frozen when nobody wants it any more", async () => {
		await begin();
		await startCounting();
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
		const task = await startCounting();
		device.playDuty(90);
		await recordOf("freeze", "cpu");
		await device.end("SIGKILL");
		const stood = await countOf(task);
		device.playDuty(0);
		await device.start(...LIMITS);
		await recordOf("thaw", "quiet");
		await until("it goes on", async () => (await countOf(task)) > stood);
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

const rules = (from: Partial<OwnerRules>) => ownerRulesSchema.parse(from);

/** Programs of the owner that take every core. */
async function startOwner(): Promise<ChildProcess[]> {
	return [1, 2, 3, 4].map(() =>
		spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
	);
}
