import { generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	AgentBench,
	type BenchDevice,
	type BenchTask,
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

	test("uploads outputs that do not fit into a report, and reports again", async () => {
		const report = await device.run(
			bench.task(
				"head -c 3000000 /dev/zero | tr '\\0' x > big; echo small > small",
			),
		);
		expect(report.outputs).toMatchObject([
			{ path: "big", bytes: 3_000_000 },
			{ path: "small", bytes: 6 },
		]);
		expect(report.outputs[0]?.inline).toBeUndefined();
		expect(bench.gateway.uploaded.get("big")?.toString("latin1")).toBe(
			"x".repeat(3_000_000),
		);
	});

	test("says so when a program fails, and brings its last words", async () => {
		const report = await device.run(
			bench.task("echo result > out; echo giving up >&2; exit 3"),
		);
		expect(report).toMatchObject({
			outcome: "failed",
			errorCode: "exitCode",
			exitCode: 3,
			outputs: [],
		});
		expect(report.stderr.text).toBe("giving up\n");
	});

	test("says so when the program is not in the image", async () => {
		const report = await device.run(
			bench.task("", { manifest: { command: ["/no/such/program"] } }),
		);
		expect(report).toMatchObject({
			outcome: "failed",
			errorCode: "engineError",
		});
		expect(report.errorDetail).toContain("/no/such/program");
	});

	test("puts parameters into single arguments, never through a shell", async () => {
		const report = await device.run(
			bench.task("", {
				manifest: { command: ["/bin/echo", "{x}", "a{y}b", "{{}}"] },
				assignment: { parameters: { x: "1 2; ls $HOME", y: "'" } },
			}),
		);
		expect(report.stdout.text).toBe("1 2; ls $HOME a'b {}\n");
	});

	test("keeps the end of a long log and counts all of it", async () => {
		const report = await device.run(
			bench.task("head -c 300000 /dev/zero | tr '\\0' y; echo; echo the end"),
		);
		expect(report.stdout.bytes).toBe(300_009);
		expect(report.stdout.text).toHaveLength(65_536);
		expect(report.stdout.text.endsWith("y\nthe end\n")).toBe(true);
	});

	test("ends a task at its deadline", async () => {
		const report = await device.run(
			bench.task("sleep 1000", {
				assignment: { deadline: new Date(Date.now() + 6_000).toISOString() },
			}),
		);
		expect(report).toMatchObject({ outcome: "failed", errorCode: "timeLimit" });
	});

	test("stops and forgets what the server no longer wants", async () => {
		const task = bench.task("sleep 1000");
		device.give(task);
		await device.running(task);
		bench.gateway.want(device.id, { assignments: [] });
		await until(
			"its container is gone",
			async () => (await device.containers()).length === 0,
		);
		expect(
			device.desk.reports.some(
				({ taskId }) => taskId === task.assignment.taskId,
			),
		).toBe(false);
	});

	test("goes on with a download where it was cut off", async () => {
		const input = bench.gateway.addBlob("z".repeat(500_000));
		bench.gateway.cutDownloadsAt = 200_000;
		const report = await device.run(
			bench.task("wc -c < /input/z", {
				assignment: {
					inputs: [{ path: "z", offset: 0, download: input }],
				},
			}),
		);
		bench.gateway.cutDownloadsAt = undefined;
		expect(report.stdout.text.trim()).toBe("500000");
		const ranges = bench.gateway.downloads
			.filter(({ path }) => path === input.path)
			.map(({ range }) => range);
		expect(ranges[0]).toBe("bytes=0-499999");
		expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-499999$/);
	});

	test("does not run on an input that is not what was promised", async () => {
		const input = bench.gateway.addBlob("the real thing");
		const lie = bench.gateway.addBlob("not real thing");
		const report = await device.run(
			bench.task("cat /input/x", {
				assignment: {
					inputs: [
						{ path: "x", offset: 0, download: { ...input, path: lie.path } },
					],
				},
			}),
		);
		expect(report).toMatchObject({
			outcome: "failed",
			errorCode: "inputUnavailable",
		});
	});

	test("loads an image that it lacks, without the names that the archive brings", async () => {
		const { archive, imageId } = await makeForeignImage(bench);
		const task = bench.task("cat /made-for-this-test", {
			manifest: { imageId, archive: bench.gateway.addBlob(archive) },
		});
		const report = await device.run(task);
		expect(report.stdout.text).toBe("really\n");
		const { RepoTags } = await bench.docker.getImage(imageId).inspect();
		expect(RepoTags).toEqual([`lull-app:${task.assignment.appVersionId}`]);
		await until("the offer has the image", async () =>
			device.desk.offers.at(-1)?.images.includes(imageId),
		);
		await bench.docker.getImage(imageId).remove({ force: true });
	});

	test("gives a task up whose image's archive is no archive", async () => {
		const report = await device.run(
			bench.task("", {
				manifest: {
					imageId: `sha256:${"0".repeat(64)}`,
					archive: bench.gateway.addBlob("no archive at all"),
				},
			}),
		);
		expect(report).toMatchObject({
			outcome: "failed",
			errorCode: "imageUnavailable",
		});
	});

	test.each([
		[
			"by another key",
			(task: BenchTask) => {
				const { privateKey } = generateKeyPairSync("ed25519");
				return bench.gateway.sign(
					JSON.parse(task.manifest.manifest),
					privateKey,
				);
			},
		],
		[
			"and changed afterwards",
			(task: BenchTask) => ({
				...task.manifest,
				manifest: task.manifest.manifest.replace("echo", "touch"),
			}),
		],
		[
			"for another app version",
			(task: BenchTask) => ({
				...bench.task("echo other").manifest,
				appVersionId: task.assignment.appVersionId,
			}),
		],
	])("runs nothing from a manifest that was signed %s", async (_how, forge) => {
		const task = bench.task("echo harm");
		const report = await device.run({ ...task, manifest: forge(task) });
		expect(report).toMatchObject({
			outcome: "failed",
			errorCode: "manifestRefused",
			runSeconds: 0,
		});
		expect(await device.containers()).toEqual([]);
	});

	test("shows logs and samples only while somebody looks", async () => {
		const task = bench.task("echo first; sleep 3; echo second; sleep 1000");
		device.give(task);
		await device.running(task);
		expect(device.desk.samples).toEqual([]);
		const { taskId } = task.assignment;
		bench.gateway.want(device.id, {
			watch: { samples: true, taskIds: [taskId] },
		});
		await until(
			"both lines and a sample were seen",
			async () =>
				device.desk.logs.map(({ text }) => text).join("") ===
					"first\nsecond\n" && device.desk.samples.length > 0,
		);
		bench.gateway.want(device.id, {
			assignments: [],
			watch: { samples: false, taskIds: [] },
		});
	});

	test("measures itself", () => {
		expect(device.desk.measurements).toMatchObject({
			architecture: expect.stringMatching(/^linux\//),
			engine: expect.stringMatching(/^Docker .*cgroup v[12]$/),
		});
		expect(device.desk.measurements?.integerOpsPerSecond).toBeGreaterThan(1e7);
		expect(device.desk.measurements?.floatOpsPerSecond).toBeGreaterThan(1e7);
	});
});

/** An image of one more layer than the base, which calls itself nginx; it is only in the archive afterwards. */
async function makeForeignImage(bench: AgentBench) {
	const { docker } = bench;
	const container = await docker.createContainer({
		Image: bench.imageId,
		Cmd: ["/bin/sh", "-c", "echo really > /made-for-this-test"],
		HostConfig: { NetworkMode: "none" },
	});
	await container.start();
	await container.wait();
	const { Id: imageId } = await container.commit({
		repo: "nginx",
		tag: "stolen",
	});
	await container.remove();
	const chunks: Buffer[] = [];
	for await (const chunk of await docker.getImage("nginx:stolen").get())
		chunks.push(Buffer.from(chunk));
	await docker.getImage("nginx:stolen").remove();
	return { imageId, archive: gzipSync(Buffer.concat(chunks), { level: 1 }) };
}
