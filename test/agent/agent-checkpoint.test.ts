import { createHash } from "node:crypto";
import tar from "tar-stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CHECKPOINT_NAME } from "../../agent/core/protocol.ts";
import {
	AgentBench,
	type BenchDevice,
	outputText,
} from "../support/agent-bench.ts";
import { begunOf, guardRecordOf } from "../support/guarded-device.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const LIMITS = ["--cores", "1", "--memory", "512M", "--disk", "1G"];

/** Counts to 100,000 in steps and goes on where a checkpoint says; says `at N` when it begins. */
const PROGRAM = `
	n=$(cat $LULL_CHECKPOINT/n 2>/dev/null || echo 0)
	trap 'echo $n > $LULL_CHECKPOINT/n; touch $LULL_CHECKPOINT/done' USR1
	touch $LULL_CHECKPOINT/ready
	echo at $n
	until [ -e /input/end ]; do n=$((n+1)); sleep 0.02; done
	echo $n > answer
`;

describe.skipIf(engine === undefined)("A task whose owner stays busy", () => {
	let bench: AgentBench;
	const devices: BenchDevice[] = [];

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
	});
	afterEach(async () => {
		for (const device of devices.splice(0)) await device.end("SIGKILL");
		bench.gateway.uploaded.clear();
	});
	afterAll(() => bench?.close());

	const begin = async (): Promise<BenchDevice> => {
		const device = await bench.enrol();
		devices.push(device);
		await device.start(...LIMITS);
		return device;
	};

	test("is saved, given back, and goes on from there on another device", async () => {
		const first = await begin();
		const task = bench.task(PROGRAM, { assignment: { maxFrozenSeconds: 1 } });
		first.give(task);
		await first.running(task);
		await begunOf(bench, task, "/checkpoint/ready");
		first.playDuty(90);
		const report = await first.reportOf(task);
		expect(report).toMatchObject({
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
			checkpoint: { bytes: expect.any(Number) },
		});
		expect(report.stdout.text).toBe("at 0\n");
		await guardRecordOf(first, "checkpoint", "patience");
		const back = await guardRecordOf(first, "giveBack", "patience");
		expect(back.taskIds).toEqual([task.assignment.taskId]);
		expect(await first.containers()).toEqual([]);

		const archive = bench.gateway.uploaded.get(CHECKPOINT_NAME);
		const blob = bench.gateway.addBlob(archive ?? "");
		expect(blob).toMatchObject(report.checkpoint ?? {});
		const [saved] = await entriesOf(archive ?? Buffer.alloc(0));
		expect(saved?.name).toBe("n");
		const count = Number(saved?.text);
		expect(count).toBeGreaterThan(0);

		const second = await begin();
		const end = bench.gateway.addBlob("");
		const rest = bench.task(PROGRAM, {
			assignment: {
				checkpoint: blob,
				inputs: [{ path: "end", offset: 0, download: end }],
			},
		});
		const done = await second.run(rest);
		expect(done.outcome).toBe("succeeded");
		expect(done.stdout.text).toBe(`at ${count}\n`);
		expect(outputText(done, "answer")).toBe(`${count}\n`);
	});

	test("takes along what its program saved by itself, and is given back without a wait when it cannot be asked", async () => {
		const device = await begin();
		const task = bench.task(
			"echo half > /checkpoint/n; touch begun; tail -f /dev/null",
			{ assignment: { maxFrozenSeconds: 1 } },
		);
		device.give(task);
		await device.running(task);
		await begunOf(bench, task);
		device.playDuty(90);
		const report = await device.reportOf(task);
		expect(report.checkpoint).toBeDefined();
		const archive = bench.gateway.uploaded.get(CHECKPOINT_NAME);
		expect(await entriesOf(archive ?? Buffer.alloc(0))).toEqual([
			{ name: "n", text: "half\n" },
		]);
	});

	test("is given back without a checkpoint when it has none", async () => {
		const device = await begin();
		const task = bench.task("tail -f /dev/null", {
			assignment: { maxFrozenSeconds: 0 },
		});
		device.give(task);
		await device.running(task);
		device.playDuty(90);
		const report = await device.reportOf(task);
		expect(report.outcome).toBe("returned");
		expect(report.checkpoint).toBeUndefined();
	});

	test("is given back before it began when it would only wait", async () => {
		const device = await begin();
		device.playDuty(90);
		await until("the device stands aside", async () => {
			const { stdout } = await device.command("status", "--json");
			return JSON.parse(stdout).mode === "aside";
		});
		const task = bench.task("echo never", {
			assignment: { maxFrozenSeconds: 1 },
		});
		const report = await device.run(task);
		expect(report).toMatchObject({
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
			runSeconds: 0,
		});
	});

	test.each<[string, Partial<tar.Header> & { name: string; text?: string }]>([
		["leads out of its folder", { name: "../outside", text: "x" }],
		["is a link", { name: "n", type: "symlink", linkname: "/etc/passwd" }],
		["is a device", { name: "n", type: "character-device" }],
		["is bigger than the task's disk", { name: "n", text: "x".repeat(2e6) }],
		["takes a name of ours", { name: "ready", text: "" }],
	])("does not begin from a checkpoint that %s", async (_what, entry) => {
		const device = await begin();
		const { text, ...header } = entry;
		const pack = tar.pack();
		pack.entry(header, text ?? "");
		pack.finalize();
		const chunks: Buffer[] = [];
		for await (const chunk of pack) chunks.push(chunk as Buffer);
		const task = bench.task("echo never", {
			manifest: { diskMiB: 1 },
			assignment: { checkpoint: bench.gateway.addBlob(Buffer.concat(chunks)) },
		});
		expect(await device.run(task)).toMatchObject({
			outcome: "failed",
			errorCode: "inputUnavailable",
		});
	});

	test("makes the same archive of the same files", async () => {
		const hashes: string[] = [];
		for (let round = 0; round < 2; round++) {
			const device = await begin();
			const task = bench.task(
				"mkdir -p /checkpoint/b; echo 1 > /checkpoint/b/one; echo 2 > /checkpoint/a; : > /checkpoint/empty; touch begun; tail -f /dev/null",
				{ assignment: { maxFrozenSeconds: 0 } },
			);
			device.give(task);
			await device.running(task);
			await begunOf(bench, task);
			device.playDuty(90);
			hashes.push((await device.reportOf(task)).checkpoint?.sha256 ?? "none");
			const archive = bench.gateway.uploaded.get(CHECKPOINT_NAME);
			expect(sha256(archive ?? Buffer.alloc(0))).toBe(hashes[0]);
			expect(await entriesOf(archive ?? Buffer.alloc(0))).toEqual([
				{ name: "a", text: "2\n" },
				{ name: "b/one", text: "1\n" },
				{ name: "empty", text: "" },
			]);
		}
		expect(hashes[1]).toBe(hashes[0]);
	});
});

const sha256 = (bytes: Buffer) =>
	createHash("sha256").update(bytes).digest("hex");

async function entriesOf(
	archive: Buffer,
): Promise<{ name: string; text: string }[]> {
	const extract = tar.extract();
	extract.end(archive);
	const entries: { name: string; text: string }[] = [];
	for await (const entry of extract) {
		const chunks: Buffer[] = [];
		for await (const chunk of entry) chunks.push(chunk as Buffer);
		entries.push({
			name: entry.header.name,
			text: Buffer.concat(chunks).toString("utf8"),
		});
	}
	return entries;
}
