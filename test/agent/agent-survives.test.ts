import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
	AgentBench,
	type BenchDevice,
	outputText,
} from "../support/agent-bench.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const LIMITS = ["--cores", "2", "--memory", "1G", "--disk", "1G"];

describe.skipIf(engine === undefined)("an agent that is interrupted", () => {
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
		device = await bench.enrol();
	});
	afterEach(async () => {
		await device.end("SIGKILL");
		bench.gateway.want(device.id, {
			assignments: [],
			paused: false,
			draining: false,
		});
	});
	afterAll(() => bench?.close());

	/** A task that runs until its test lets it end. */
	const openEnd = () =>
		bench.task(
			"echo begun; while [ ! -e go ]; do sleep 0.1; done; rm go; echo done > answer",
		);
	const letEnd = async (taskId: string) => {
		const container = bench.docker.getContainer(`lull-task-${taskId}`);
		const exec = await container.exec({ Cmd: ["touch", "/output/go"] });
		await exec.start({});
	};

	test("goes on with the container that still runs after the agent was killed", async () => {
		await device.start(...LIMITS);
		const task = openEnd();
		device.give(task);
		const before = await device.running(task);
		await device.end("SIGKILL");
		await device.start(...LIMITS);
		const after = await device.running(task);
		expect(after.Id).toBe(before.Id);
		await letEnd(task.assignment.taskId);
		const report = await device.reportOf(task);
		expect(report.outcome).toBe("succeeded");
		expect(outputText(report, "answer")).toBe("done\n");
		expect(report.stdout.text).toBe("begun\n");
	});

	test("collects what ended while the agent was dead", async () => {
		await device.start(...LIMITS);
		const task = openEnd();
		device.give(task);
		const { Id } = await device.running(task);
		await device.end("SIGKILL");
		await letEnd(task.assignment.taskId);
		await bench.docker.getContainer(Id).wait();
		await device.start(...LIMITS);
		const report = await device.reportOf(task);
		expect(outputText(report, "answer")).toBe("done\n");
	});

	test("works on while the server is away, and hands in when it is back", async () => {
		await device.start(...LIMITS);
		const task = openEnd();
		device.give(task);
		await device.running(task);
		await bench.gateway.shut();
		await letEnd(task.assignment.taskId);
		await until(
			"its container is gone although nobody knows yet",
			async () => (await device.containers()).length === 0,
		);
		await device.end("SIGKILL");
		device.launch(...LIMITS);
		await bench.gateway.open();
		const report = await device.reportOf(task);
		expect(outputText(report, "answer")).toBe("done\n");
	});

	test("sends a report again that was never acknowledged, exactly as it was", async () => {
		await device.start(...LIMITS);
		const heard: unknown[] = [];
		const answer = bench.gateway.answerReport;
		const task = bench.task("echo once > answer");
		bench.gateway.answerReport = (report) => {
			// What an earlier test's task still has to say is answered as ever.
			if (report.taskId !== task.assignment.taskId) return answer(report);
			heard.push(report);
			return new Promise(() => {});
		};
		device.give(task);
		await until("the report was heard", async () => heard.length === 1);
		await device.end("SIGKILL");
		bench.gateway.answerReport = answer;
		await device.start(...LIMITS);
		expect(await device.reportOf(task)).toEqual(heard[0]);
		await until(
			"its folder is gone",
			async () => (await readdir(join(device.folder, "tasks"))).length === 0,
		);
	});

	test("starts a task over whose container was killed from outside", async () => {
		await device.start(...LIMITS);
		const task = openEnd();
		device.give(task);
		const before = await device.running(task);
		await bench.docker.getContainer(before.Id).kill();
		const after = await until("another container of it runs", async () => {
			const now = await device.running(task);
			return now.Id !== before.Id && now;
		});
		expect(after.Id).not.toBe(before.Id);
		await letEnd(task.assignment.taskId);
		expect((await device.reportOf(task)).outcome).toBe("succeeded");
	});

	test("begins a task anew whose container somebody removed", async () => {
		await device.start(...LIMITS);
		const task = openEnd();
		device.give(task);
		const { Id } = await device.running(task);
		await bench.docker.getContainer(Id).remove({ force: true });
		await until(
			"another container of it runs",
			async () => (await device.running(task)).Id !== Id,
		);
		await letEnd(task.assignment.taskId);
		expect((await device.reportOf(task)).outcome).toBe("succeeded");
	});

	test("removes at its start a container of its own that belongs to no task", async () => {
		const orphan = await bench.docker.createContainer({
			Image: bench.imageId,
			Cmd: ["sleep", "1000"],
			Labels: { "org.lull.device": device.id, "org.lull.role": "task" },
			HostConfig: { NetworkMode: "none" },
		});
		await orphan.start();
		await device.start(...LIMITS);
		await until(
			"the orphan is gone",
			async () => (await device.containers()).length === 0,
		);
	});

	test("gives running tasks back when it is told to end, and ends well", async () => {
		await device.start(...LIMITS);
		const task = bench.task("sleep 1000");
		device.give(task);
		await device.running(task);
		const { goodbyes } = device.desk;
		expect(await device.end("SIGTERM")).toBe(0);
		expect(await device.reportOf(task)).toMatchObject({
			outcome: "returned",
			errorCode: "agentStopping",
		});
		expect(device.desk.goodbyes).toBe(goodbyes + 1);
		expect(await device.containers()).toEqual([]);
	});

	test("ends without the server too, and hands the returned task in at its next start", async () => {
		await device.start(...LIMITS);
		const task = bench.task("sleep 1000");
		device.give(task);
		await device.running(task);
		await bench.gateway.shut();
		expect(await device.end("SIGTERM")).toBe(0);
		expect(await device.containers()).toEqual([]);
		await bench.gateway.open();
		await device.start(...LIMITS);
		expect(await device.reportOf(task)).toMatchObject({
			outcome: "returned",
			errorCode: "agentStopping",
		});
	});

	test("is alone on its state folder", async () => {
		await device.start(...LIMITS);
		const second = await bench.command(
			"run",
			"--state",
			device.folder,
			"--json",
		);
		expect(second.code).toBe(4);
		expect(JSON.parse(second.stdout)).toMatchObject({ error: "locked" });
	});

	test("pauses, resumes and drains as its owner says", async () => {
		await device.start(...LIMITS);
		const task = bench.task("sleep 1000");
		device.give(task);
		await device.running(task);
		const paused = await device.command("pause", "--for", "2h", "--json");
		expect(JSON.parse(paused.stdout)).toMatchObject({ mode: "paused" });
		expect(await device.reportOf(task)).toMatchObject({
			outcome: "returned",
			errorCode: "devicePaused",
		});
		expect(device.desk.offers.at(-1)?.accepting).toBe(false);

		await device.end("SIGKILL");
		await device.start(...LIMITS);
		expect(device.desk.offers.at(-1)?.accepting).toBe(false);

		await device.command("resume");
		const last = openEnd();
		device.give(last);
		await device.running(last);
		await device.command("drain");
		const tooLate = bench.task("echo never");
		device.give(tooLate);
		expect(await device.reportOf(tooLate)).toMatchObject({
			outcome: "returned",
		});
		await letEnd(last.assignment.taskId);
		expect((await device.reportOf(last)).outcome).toBe("succeeded");
		await device.command("resume");
	});

	test("tells how it stands, running or not", async () => {
		const stopped = await device.command("status", "--json");
		expect(stopped.code).toBe(8);
		expect(JSON.parse(stopped.stdout)).toMatchObject({ running: false });
		await device.start(...LIMITS);
		const running = await device.command("status", "--json");
		expect(running.code).toBe(0);
		expect(JSON.parse(running.stdout)).toMatchObject({
			running: true,
			connected: true,
			mode: "working",
			deviceId: device.id,
		});
		expect((await device.command("status")).stdout).toContain("connected to");
	});

	test("hands in the telemetry of the time without a server", async () => {
		await device.start(...LIMITS);
		await until(
			"a minute of samples has begun",
			async () =>
				JSON.parse((await device.command("status", "--json")).stdout)
					.dutyCpu !== undefined,
		);
		await bench.gateway.shut();
		expect(await device.end("SIGTERM")).toBe(0);
		await bench.gateway.open();
		const before = device.desk.telemetry.length;
		await device.start(...LIMITS);
		await until(
			"it arrived",
			async () => device.desk.telemetry.length > before,
		);
		await until(
			"nothing of it is kept",
			async () =>
				(await readdir(join(device.folder, "telemetry"))).length === 0,
		);
	});

	test("stops for good when it is retired", async () => {
		const retired = await bench.enrol("Retired");
		retired.desk.retired = true;
		retired.launch(...LIMITS);
		expect(await retired.ended()).toBe(6);
		expect(retired.log).toContain("This device is retired.");
	});

	test("leaves nothing behind when it is unenrolled while it runs", async () => {
		const leaving = await bench.enrol("Leaving");
		await leaving.start(...LIMITS);
		const task = bench.task("sleep 1000");
		leaving.give(task);
		await leaving.running(task);
		const { code } = await leaving.command("unenroll", "--json");
		expect(code).toBe(0);
		expect((await leaving.reportOf(task)).outcome).toBe("returned");
		expect(await leaving.containers()).toEqual([]);
		expect(await readdir(leaving.folder)).toEqual([]);
		expect((await leaving.command("status")).code).toBe(3);
	});

	test("does not enroll twice, nor with a code that was used", async () => {
		const again = await device.command(
			"enroll",
			"--server",
			bench.gateway.url,
			"--code",
			"GOOD-CODE-1234",
		);
		expect(again.code).toBe(3);
		const used = await bench.command(
			"enroll",
			"--state",
			`${device.folder}-other`,
			"--server",
			bench.gateway.url,
			"--code",
			"USED-CODE-1234",
			"--json",
		);
		expect(used.code).toBe(6);
		expect(JSON.parse(used.stdout).message).toContain("used already");
	});
});
