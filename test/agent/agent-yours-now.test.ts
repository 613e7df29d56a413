import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
	AgentBench,
	type BenchDevice,
	type BenchTask,
	readState,
} from "../support/agent-bench.ts";
import {
	expectSoberLatency,
	guardRecordOf,
	startCounting,
} from "../support/guarded-device.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const LIMITS = ["--cores", "1", "--memory", "512M", "--disk", "1G"];

describe.skipIf(engine === undefined)(
	"An owner who wants the device now",
	() => {
		let bench: AgentBench;
		let device: BenchDevice;

		beforeAll(async () => {
			bench = await AgentBench.start(engine as string);
		});
		afterEach(async () => {
			await device.end("SIGKILL");
		});
		afterAll(() => bench?.close());

		/** A device with two tasks at work. */
		const begin = async (): Promise<BenchTask[]> => {
			device = await bench.enrol();
			await device.start(...LIMITS);
			return [
				await startCounting(bench, device),
				await startCounting(bench, device),
			];
		};
		/** Frozen, then gone; the server knows of each task that it comes back. */
		const expectGone = async (tasks: BenchTask[]) => {
			const remove = await guardRecordOf(device, "remove", "yoursNow");
			const freeze = await guardRecordOf(device, "freeze", "yoursNow");
			expectSoberLatency(freeze);
			expectSoberLatency(remove);
			expect(await device.containers()).toEqual([]);
			for (const task of tasks)
				expect(await device.reportOf(task)).toMatchObject({
					outcome: "returned",
					errorCode: "devicePaused",
				});
			await until(
				"no task has left anything on the disk",
				async () => (await readdir(join(device.folder, "tasks"))).length === 0,
			);
			return remove;
		};

		test("has it when the portal says so, once, however often it is said", async () => {
			const tasks = await begin();
			const id = randomUUID();
			const yoursNow = { id, images: false };
			bench.gateway.want(device.id, { paused: true, yoursNow });
			const remove = await expectGone(tasks);
			expect(remove.id).toBe(id);
			expect(remove.taskIds.toSorted()).toEqual(
				tasks.map(({ assignment }) => assignment.taskId).toSorted(),
			);
			// The acknowledgement was lost: the same list again is answered with the same record, and removes nothing.
			device.desk.guardRecords.length = 0;
			bench.gateway.want(device.id, { paused: false, yoursNow });
			const again = await startCounting(bench, device);
			bench.gateway.tell(device.id);
			expect(await guardRecordOf(device, "remove", "yoursNow")).toMatchObject({
				id,
				latencyMs: remove.latencyMs,
			});
			expect((await device.running(again)).State).toBe("running");
		});

		test("has it by the command, and keeps it until somebody says resume", async () => {
			const tasks = await begin();
			const answer = await device.command("yours-now", "--images", "--json");
			expect(JSON.parse(answer.stdout)).toMatchObject({
				mode: "paused",
			});
			await expectGone(tasks);
			expect(device.desk.offers.at(-1)?.accepting).toBe(false);
			await device.command("resume");
			await startCounting(bench, device);
		});

		test("has it by a signal", async () => {
			const tasks = await begin();
			device.process?.kill("SIGUSR2");
			await expectGone(tasks);
		});

		test("has it also when the agent was killed and left it frozen", async () => {
			await begin();
			device.playDuty(90);
			await guardRecordOf(device, "freeze", "cpu");
			await device.end("SIGKILL");
			const answer = await device.command("yours-now");
			expect(answer.code).toBe(0);
			expect(await device.containers()).toEqual([]);
			expect(JSON.parse(await readState(device, "wishes.json")).paused).toBe(
				true,
			);
		});

		test("has it when the agent dies over it, as soon as it is back", async () => {
			const tasks = await begin();
			const id = randomUUID();
			bench.gateway.want(device.id, {
				paused: true,
				yoursNow: { id, images: false },
			});
			await until("it was heard", async () =>
				readState(device, "yours-now.json").then(
					() => true,
					() => false,
				),
			);
			await device.end("SIGKILL");
			await device.start(...LIMITS);
			const remove = await guardRecordOf(device, "remove", "yoursNow");
			expect(remove.id).toBe(id);
			expect(await device.containers()).toEqual([]);
			for (const task of tasks) await device.reportOf(task);
		});
	},
);
