import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import {
	mkdir,
	mkdtemp,
	readFile,
	rm,
	rmdir,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CgroupCounters } from "../../agent/engine/cgroup-counters.ts";
import { CgroupFreezer } from "../../agent/engine/cgroup-freezer.ts";
import { until } from "../support/until.ts";

/**
 * The kernel's second version of cgroups has another freezer. Most machines have it, some beside the first version's
 * controllers, so that it can be tried on a plain process wherever one is root, whatever the engine uses.
 */
const ROOT = "/sys/fs/cgroup";
const mount = existsSync(`${ROOT}/cgroup.controllers`) ? "" : "unified";
const here =
	process.getuid?.() === 0 &&
	existsSync(join(ROOT, mount, "cgroup.controllers"));

const notToBeAsked = () =>
	Promise.reject(new Error("The engine is not to be asked."));
const neverAsked = { pause: notToBeAsked, unpause: notToBeAsked };

describe.skipIf(!here)("The freezer of cgroups' second version", () => {
	const folder = join(mount, `lull-test-${process.pid}`);
	let counter: string;
	let program: ChildProcess;
	let freezer: CgroupFreezer;

	beforeEach(async () => {
		counter = await mkdtemp(join(tmpdir(), "lull-freezer-"));
		await mkdir(join(ROOT, folder));
		program = spawn("sh", [
			"-c",
			`n=0; while :; do n=$((n+1)); echo $n > ${counter}/new; mv ${counter}/new ${counter}/n; done`,
		]);
		await writeFile(
			join(ROOT, folder, "cgroup.procs"),
			String(program.pid ?? 0),
		);
		const cgroups = {
			setting: { version: "2", driver: "cgroupfs" },
			folderOf: async () => folder,
			cpuSeconds: async () => undefined,
		};
		freezer = new CgroupFreezer(
			cgroups as unknown as CgroupCounters,
			neverAsked,
		);
		await until("it counts", async () => (await count()) > 0);
	});
	afterEach(async () => {
		await freezer.thawAll();
		program.kill("SIGKILL");
		await until("its cgroup is empty", async () =>
			rmdir(join(ROOT, folder)).then(
				() => true,
				() => false,
			),
		);
		await rm(counter, { recursive: true, force: true });
	});

	const count = async () =>
		Number(await readFile(join(counter, "n"), "utf8").catch(() => 0));
	const ended = () =>
		new Promise((resolve) =>
			program.once("exit", (_, signal) => resolve(signal)),
		);

	test("stops a program where it stands and lets it go on", async () => {
		expect(await freezer.freeze(["c"])).toEqual(["c"]);
		const stood = await count();
		const events = await readFile(join(ROOT, folder, "cgroup.events"), "utf8");
		expect(events).toContain("frozen 1");
		expect(await count()).toBe(stood);
		expect(await freezer.freeze(["c"])).toEqual([]);
		await freezer.thawAll();
		await until("it goes on", async () => (await count()) > stood);
	});

	test("is found by a later process", async () => {
		await freezer.freeze(["c"]);
		const later = new CgroupFreezer(
			{
				setting: { version: "2", driver: "cgroupfs" },
				folderOf: async () => folder,
			} as unknown as CgroupCounters,
			neverAsked,
		);
		expect(await later.adopt(["c"])).toEqual(["c"]);
	});

	test("lets a frozen program die", async () => {
		await freezer.freeze(["c"]);
		const gone = ended();
		await freezer.letDie("c", async () => {
			program.kill("SIGKILL");
			await gone;
		});
		expect(await gone).toBe("SIGKILL");
		expect(freezer.isFrozen("c")).toBe(false);
	});

	test("keeps thawed what is to speak, however often everything is frozen meanwhile", async () => {
		await freezer.freeze(["c"]);
		const stood = await count();
		await freezer.letSpeak("c", async () => {
			expect(await freezer.freeze(["c"])).toEqual([]);
			await until("it goes on", async () => (await count()) > stood);
		});
		expect(await freezer.freeze(["c"])).toEqual(["c"]);
	});
});
