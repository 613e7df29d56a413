import { spawn } from "node:child_process";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import tar from "tar-stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownerRulesSchema } from "../../agent/core/protocol.ts";
import { baseImage } from "../../setup/engine/base-image.ts";
import {
	AgentBench,
	type BenchDevice,
	outputText,
} from "../support/agent-bench.ts";
import {
	expectSoberLatency,
	guardRecordOf,
} from "../support/guarded-device.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const TAG = `lull-agent-test:${process.pid}`;
const dockerfile = join(import.meta.dirname, "../../agent/Dockerfile");
/** The mounts need the engine's files to be this machine's. */
const local = engine?.startsWith("unix://");

describe.skipIf(!local)("an agent in a container of its own", () => {
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
		// Node's official image needs a registry; this machine's own Node on the base image is as good.
		await build(bench, `${TAG}-base`, {
			Dockerfile: `FROM ${baseImage}\nCOPY node /usr/local/bin/node\n`,
			node: await readFile(process.execPath),
		});
		await build(
			bench,
			TAG,
			{
				Dockerfile: await readFile(dockerfile),
				"lull-agent.mjs": await readFile(bench.bundle),
			},
			{ BASE: `${TAG}-base` },
		);
		device = await bench.enrol("In a container");
	});
	afterAll(async () => {
		await bench.docker
			.getContainer(containerName)
			.remove({ force: true })
			.catch(() => {});
		for (const tag of [TAG, `${TAG}-base`])
			await bench.docker
				.getImage(tag)
				.remove({ force: true })
				.catch(() => {});
		await bench.close();
	});

	const containerName = `lull-agent-test-${process.pid}`;

	test("runs tasks on the engine around it, whose files both see at the same place", async () => {
		const socket = new URL(engine as string).pathname;
		const hostConfig: Docker.HostConfig & { CgroupnsMode: string } = {
			NetworkMode: "host",
			CgroupnsMode: "host",
			Binds: [
				`${device.folder}:${device.folder}`,
				`${socket}:/var/run/docker.sock`,
				"/sys/fs/cgroup:/sys/fs/cgroup",
				"/proc:/host/proc:ro",
			],
		};
		const container = await bench.docker.createContainer({
			name: containerName,
			Image: TAG,
			// In the folder that both see; tests share the machine with others.
			Env: [`LULL_AGENT_DUTY_FILE=${device.folder}/duty`],
			Cmd: [
				"run",
				"--state",
				device.folder,
				"--cores",
				"1",
				"--memory",
				"512M",
			],
			HostConfig: hostConfig,
		});
		await writeFile(join(device.folder, "duty"), "0");
		await container.start();
		const input = bench.gateway.addBlob("from outside");
		// The loop keeps it at work long enough for its CPU time to be read.
		const report = await device.run(
			bench.task(
				"i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; tr a-z A-Z < /input/text > answer",
				{
					assignment: {
						inputs: [{ path: "text", offset: 0, download: input }],
					},
				},
			),
		);
		expect(report.outcome).toBe("succeeded");
		expect(outputText(report, "answer")).toBe("FROM OUTSIDE");
		expect(report.cpuSeconds).toBeGreaterThan(0);

		const task = bench.task("sleep 1000");
		device.give(task);
		await device.running(task);
		await freezesForProgram(bench, device);
		await container.stop();
		expect(await device.reportOf(task)).toMatchObject({
			outcome: "returned",
			errorCode: "agentStopping",
		});
		expect((await container.inspect()).State.ExitCode).toBe(0);
		await until(
			"nothing of it runs",
			async () => (await device.containers()).length === 0,
		);
	});
});

/** The machine's programs are seen, and the machine's freezers written, from inside. */
async function freezesForProgram(
	bench: AgentBench,
	device: BenchDevice,
): Promise<void> {
	const program = `${device.folder}-film`;
	await copyFile("/bin/sleep", program);
	bench.gateway.want(device.id, {
		rules: ownerRulesSchema.parse({ programs: [program] }),
	});
	const owner = spawn(program, ["1000"]);
	try {
		const freeze = await guardRecordOf(device, "freeze", "program");
		expectSoberLatency(freeze);
	} finally {
		owner.kill();
	}
	await guardRecordOf(device, "thaw", "quiet");
}

async function build(
	{ docker }: AgentBench,
	tag: string,
	files: Record<string, Buffer | string>,
	buildargs: Record<string, string> = {},
): Promise<void> {
	const context = tar.pack();
	for (const [name, content] of Object.entries(files))
		context.entry({ name, mode: 0o755 }, content);
	context.finalize();
	const progress = await docker.buildImage(
		context as unknown as NodeJS.ReadableStream,
		{ t: tag, buildargs, networkmode: "none" },
	);
	await new Promise<void>((resolve, reject) =>
		docker.modem.followProgress(
			progress,
			(error, output: { error?: string }[]) => {
				const failed = error ?? output.find((line) => line.error)?.error;
				if (failed) reject(new Error(String(failed)));
				else resolve();
			},
		),
	);
}
