import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDocker } from "../../agent/engine/docker-calls.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import { OwnEngine } from "../../setup/engine/own-engine.ts";
import {
	AgentBench,
	type BenchDevice,
	outputText,
} from "../support/agent-bench.ts";
import { skipLoudly } from "../support/skip-loudly.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

/** An engine that is killed has to be our own; starting one takes root and dockerd. */
async function canStartEngine(): Promise<boolean> {
	const found = await access("/usr/sbin/dockerd").then(
		() => true,
		() =>
			access("/usr/bin/dockerd").then(
				() => true,
				() => false,
			),
	);
	if (found && process.getuid?.() === 0) return true;
	skipLoudly(
		"No engine is killed under an agent: that takes root and dockerd.",
	);
	return false;
}

const source = await findTestEngine();
const possible = source !== undefined && (await canStartEngine());

describe.skipIf(!possible)("an agent whose engine dies", () => {
	let folder: string;
	let engine: OwnEngine;
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-engine-"));
		engine = new OwnEngine(folder);
		await engine.join();
		const image = await openDocker(source).getImage(baseImage).get();
		const loading = await openDocker(engine.address).loadImage(image);
		for await (const _ of loading); // it is loaded when its answer has been read
		bench = await AgentBench.start(engine.address);
		device = await bench.enrol();
		await device.start("--cores", "1", "--memory", "512M", "--disk", "1G");
	});
	afterAll(async () => {
		await bench?.close();
		await engine?.leave();
		await rm(folder, { recursive: true, force: true });
	});

	test("starts its task over when the engine is back, and brings it to its end", async () => {
		const task = bench.task(
			"if [ -e go ]; then exit 9; fi; while [ ! -e go ]; do sleep 0.1; done; rm go; echo done > answer",
		);
		device.give(task);
		const before = await device.running(task);
		const pidFile = join(
			dirname(new URL(engine.address).pathname),
			"docker.pid",
		);
		process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
		await until("the agent has noticed", async () =>
			device.log.includes("The engine does not answer"),
		);
		expect(device.process?.exitCode).toBeNull();
		await engine.join();
		const after = await until(
			"another container of the task runs",
			async () => {
				const now = await device.running(task);
				return now.Id !== before.Id && now;
			},
			40_000,
		);
		const exec = await bench.docker
			.getContainer(after.Id)
			.exec({ Cmd: ["touch", "/output/go"] });
		await exec.start({});
		const report = await device.reportOf(task);
		expect(report.outcome).toBe("succeeded");
		expect(outputText(report, "answer")).toBe("done\n");
	});
});
