import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { AgentBench, type BenchDevice } from "../support/agent-bench.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const MIB = 2 ** 20;

describe.skipIf(engine === undefined)("the sandbox on a real engine", () => {
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
		device = await bench.enrol();
		await device.start("--cores", "2", "--memory", "1G", "--disk", "1G");
	});
	afterEach(async () => {
		bench.gateway.want(device.id, { assignments: [] });
		await nothingIsLeft();
	});
	afterAll(() => bench?.close());

	const nothingIsLeft = () =>
		until(
			"no container and no folder of a task is left",
			async () =>
				(await device.containers()).length === 0 &&
				(await readdir(join(device.folder, "tasks"))).length === 0,
		);

	test("is made whole, as the engine itself sees it", async () => {
		const task = bench.task("sleep 1000");
		device.give(task);
		const { Id } = await device.running(task);
		const { HostConfig, Config, Mounts, NetworkSettings } = await bench.docker
			.getContainer(Id)
			.inspect();
		expect(HostConfig).toMatchObject({
			NetworkMode: "none",
			ReadonlyRootfs: true,
			Privileged: false,
			CapDrop: ["ALL"],
			SecurityOpt: ["no-new-privileges:true"],
			IpcMode: "private",
			PidMode: "",
			Memory: 64 * MIB,
			MemorySwap: 64 * MIB,
			NanoCpus: 5e8,
			CpuShares: 2,
			PidsLimit: 512,
			OomScoreAdj: 1000,
			RestartPolicy: { Name: "no" },
			CgroupParent: expect.stringMatching(/lull/),
			LogConfig: { Type: "json-file", Config: { "max-size": "2m" } },
			Tmpfs: { "/tmp": expect.stringContaining("size=32m") },
		});
		expect(HostConfig.CapAdd ?? []).toEqual([]);
		expect(HostConfig.Ulimits).toContainEqual({
			Name: "fsize",
			Soft: 16 * MIB,
			Hard: 16 * MIB,
		});
		expect(Config).toMatchObject({
			User: process.getuid?.() === 0 ? "65532:65532" : expect.any(String),
			WorkingDir: "/output",
			Labels: {
				"org.lull.device": device.id,
				"org.lull.task": task.assignment.taskId,
				"org.lull.role": "task",
			},
		});
		expect(Config.Entrypoint ?? []).toEqual([]);
		expect(
			Object.keys(NetworkSettings.Networks).filter((name) => name !== "none"),
		).toEqual([]);
		expect(
			Mounts.map(({ Destination, RW }) => [Destination, RW]).sort(),
		).toEqual([
			["/checkpoint", true],
			["/input", false],
			["/output", true],
		]);
	});

	test.runIf(process.getuid?.() === 0)(
		"runs in one cgroup that has the lowest weight against the owner's programs",
		async () => {
			const { CgroupVersion, CgroupDriver } = await bench.docker.info();
			const parent = CgroupDriver === "systemd" ? "lull.slice" : "lull";
			const folder =
				CgroupVersion === "2"
					? `/sys/fs/cgroup/${parent}`
					: `/sys/fs/cgroup/cpu/${parent}`;
			const read = async (name: string) =>
				(await readFile(join(folder, name), "utf8").catch(() => "")).trim();
			// Idle is below every weight; kernels before 5.15 have the weight only.
			if ((await read("cpu.idle")) === "1") return;
			const [name, lowest] =
				CgroupVersion === "2" ? ["cpu.weight", "1"] : ["cpu.shares", "2"];
			expect(await read(name)).toBe(lowest);
		},
	);

	test("leaves a program no network, no rights, no place to write but /output, /checkpoint and /tmp", async () => {
		const attempts = [
			"ls /sys/class/net",
			"grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status",
			"id -u",
			"cat /etc/shadow",
			"touch /stray",
			"touch /etc/stray",
			"touch /input/stray",
			"touch /dev/stray",
			"mknod /output/disk b 8 0",
			"mount -t tmpfs none /output",
			"echo 1 > /proc/sys/kernel/sysrq",
			"echo b > /proc/sysrq-trigger",
			"ls /var/run/docker.sock",
			"kill -0 1 && cat /proc/1/cmdline",
			"touch /tmp/fine /output/fine /checkpoint/fine",
		];
		const script = attempts
			.map((line, at) => `echo "#${at}"; { ${line}; } 2>/dev/null && echo done`)
			.join("\n");
		const report = await device.run(bench.task(`${script}\nexit 0`));
		const said = report.stdout.text.split(/#\d+\n/).slice(1);
		expect(said[0]).toBe("lo\ndone\n");
		expect(said[1]?.replaceAll("\t", " ")).toBe(
			`CapEff: ${"0".repeat(16)}\nCapBnd: ${"0".repeat(16)}\nNoNewPrivs: 1\nSeccomp: 2\ndone\n`,
		);
		expect(said[2]).not.toBe("0\ndone\n");
		for (const at of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
			expect(`${attempts[at]}: ${said[at]}`).toBe(`${attempts[at]}: `);
		// Process 1 is its own shell, not the machine's.
		expect(said[13]).toContain("sh");
		expect(said[14]).toBe("done\n");
		expect(report.outputs.map(({ path }) => path)).toEqual(["fine"]);
	});

	test("bounds a program that multiplies", async () => {
		const report = await device.run(
			bench.task(
				"i=0; while [ $i -lt 2000 ]; do sleep 60 & i=$((i+1)); echo $i; done",
				{ manifest: { memoryMiB: 512 } },
			),
		);
		expect(report).toMatchObject({ outcome: "failed", errorCode: "exitCode" });
		const started = report.stdout.text.trim().split("\n").length;
		expect(started).toBeLessThanOrEqual(512);
	});

	test("kills a program that takes too much memory, and says why", async () => {
		const report = await device.run(
			bench.task("head -c 500M /dev/zero | tail -c 400M > /dev/null"),
		);
		expect(report).toMatchObject({
			outcome: "failed",
			errorCode: "memoryLimit",
		});
	});

	test("counts what a program puts into /tmp as its memory", async () => {
		const report = await device.run(
			bench.task("head -c 40M /dev/zero > /tmp/full; stat -c %s /tmp/full"),
		);
		expect(Number(report.stdout.text)).toBeLessThanOrEqual(32 * MIB);
	});

	test("kills a program that fills the disk with many files", async () => {
		const report = await device.run(
			bench.task(
				"i=0; while :; do head -c 4M /dev/zero > f$i; i=$((i+1)); sleep 0.2; done",
			),
		);
		expect(report).toMatchObject({ outcome: "failed", errorCode: "diskLimit" });
	});

	test("stops a single file at the disk limit", async () => {
		const report = await device.run(
			bench.task("head -c 100M /dev/zero > huge"),
		);
		expect(report).toMatchObject({ outcome: "failed" });
	});

	test("takes sparse files at the size that they claim", async () => {
		const report = await device.run(
			bench.task("for i in 1 2 3; do truncate -s 10M sparse$i; done"),
		);
		expect(report).toMatchObject({ outcome: "failed", errorCode: "diskLimit" });
	});

	test.each([
		["a symbolic link", "ln -s /etc/passwd leak"],
		["a link to a folder outside", "ln -s / root"],
		["a pipe", "mkfifo pipe"],
		["a name with a line break", "touch 'a\nb'"],
		["a name that is no text", "touch \"$(printf 'a\\377b')\""],
		["2,000 files", "i=0; while [ $i -lt 2000 ]; do : > f$i; i=$((i+1)); done"],
		[
			"folders nested deeper than a path may be long",
			"i=0; while [ $i -lt 1200 ]; do mkdir ddddd && cd -P ddddd || break; i=$((i+1)); done; exit 0",
		],
	])("refuses %s as output and cleans up behind it", async (_what, script) => {
		const report = await device.run(bench.task(script));
		expect(report).toMatchObject({ outcome: "failed", outputs: [] });
		expect(["outputUnreadable", "diskLimit"]).toContain(report.errorCode);
	});

	test("gives an image's volumes no place to write", async () => {
		const container = await bench.docker.createContainer({
			Image: bench.imageId,
			Cmd: ["true"],
			HostConfig: { NetworkMode: "none" },
		});
		const { Id: imageId } = await container.commit({
			changes: "VOLUME /var/cache",
		});
		await container.remove();
		const volumes = async () =>
			(await bench.docker.listVolumes()).Volumes.length;
		const before = await volumes();
		const report = await device.run(
			bench.task("touch /var/cache/stray || ls -d /var/cache/apt", {
				manifest: { imageId },
			}),
		);
		expect(report.stdout.text).toBe("/var/cache/apt\n");
		expect(report.stderr.text).toContain("Read-only file system");
		await nothingIsLeft();
		expect(await volumes()).toBe(before);
		await bench.docker.getImage(imageId).remove({ force: true });
	});
});
