import { type ChildProcess, spawn } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
	type OwnerRules,
	ownerRulesSchema,
	type WeekHours,
} from "../../agent/core/protocol.ts";
import { AgentBench, type BenchDevice } from "../support/agent-bench.ts";
import {
	countingTask,
	guardRecordOf,
	startCounting,
} from "../support/guarded-device.ts";
import { findTestEngine } from "../support/test-engine.ts";
import { until } from "../support/until.ts";

const engine = await findTestEngine();
const LIMITS = ["--cores", "1", "--memory", "512M", "--disk", "1G"];
const rules = (from: Partial<OwnerRules>) => ownerRulesSchema.parse(from);

describe.skipIf(engine === undefined)("The rules of a device's owner", () => {
	let bench: AgentBench;
	let device: BenchDevice;

	beforeAll(async () => {
		bench = await AgentBench.start(engine as string);
	});
	afterEach(async () => {
		await device.end("SIGKILL");
	});
	afterAll(() => bench?.close());

	const begin = async (): Promise<void> => {
		device = await bench.enrol();
		await device.start(...LIMITS);
	};
	const say = (from: Partial<OwnerRules>) =>
		bench.gateway.want(device.id, { rules: rules(from) });

	test("end what runs when the hours are over, and lend nothing then", async () => {
		await begin();
		const task = await startCounting(bench, device);
		say({ hours: [tomorrow()] });
		expect(await device.reportOf(task)).toMatchObject({
			outcome: "returned",
			errorCode: "ownerNeedsDevice",
		});
		await guardRecordOf(device, "giveBack", "hours");
		await until(
			"it lends nothing",
			async () => device.desk.offers.at(-1)?.accepting === false,
		);
		say({});
		await startCounting(bench, device);
	});

	test("say in the offer when the hours will end", async () => {
		await begin();
		say({
			hours: [
				{ ...tomorrow(), days: [0, 1, 2, 3, 4, 5] },
				{ ...tomorrow(), days: [6], until: "23:00" },
			],
		});
		const offer = await until("an offer has an end", async () =>
			device.desk.offers.findLast(({ until }) => until !== null),
		);
		const end = new Date(offer.until ?? "");
		expect([end.getDay(), end.getHours()]).toEqual([0, 23]);
	});

	test("keep away while a named program of the owner runs", async () => {
		await begin();
		const program = `${device.folder}-film`;
		await copyFile("/bin/sleep", program);
		say({ programs: [program] });
		await startCounting(bench, device);
		const running: ChildProcess = spawn(program, ["1000"]);
		try {
			const freeze = await guardRecordOf(device, "freeze", "program");
			expect(freeze.detail).toContain("film");
			await until(
				"it lends nothing meanwhile",
				async () => device.desk.offers.at(-1)?.accepting === false,
			);
		} finally {
			running.kill();
		}
		await guardRecordOf(device, "thaw", "quiet");
	});

	test("do not take a program in a task for the owner's", async () => {
		await begin();
		// A name that nothing else on the machine has.
		const ours = `film-${process.pid}`;
		const task = bench.task(
			`cp /bin/sleep /tmp/${ours} && exec /tmp/${ours} 1000`,
		);
		device.give(task);
		await device.running(task);
		const looked = `sleeper-${process.pid}`;
		say({ programs: [ours, looked] });
		// The senses have looked when they have found another that is the owner's.
		const other = `${device.folder}-${looked}`;
		await copyFile("/bin/sleep", other);
		say({ programs: [ours, other] });
		const running = spawn(other, ["1000"]);
		try {
			const freeze = await guardRecordOf(device, "freeze", "program");
			expect(freeze.detail).toContain(looked);
		} finally {
			running.kill();
		}
	});

	test("keep away while a named container of the owner runs", async () => {
		await begin();
		const name = `films-${device.id.slice(0, 8)}`;
		say({ containers: [name] });
		await startCounting(bench, device);
		const films = await bench.docker.createContainer({
			name,
			Image: bench.imageId,
			Cmd: ["sleep", "1000"],
			HostConfig: { NetworkMode: "none" },
		});
		try {
			await films.start();
			await guardRecordOf(device, "freeze", "container");
		} finally {
			await films.remove({ force: true });
		}
		await guardRecordOf(device, "thaw", "quiet");
	});

	test("send back what belongs to a project that is not wanted", async () => {
		await begin();
		const task = await startCounting(bench, device);
		const { projectId } = JSON.parse(task.manifest.manifest);
		say({ neverProjects: [projectId] });
		expect((await device.reportOf(task)).outcome).toBe("returned");
		const next = countingTask(bench, { manifest: { projectId } });
		expect(await device.run(next)).toMatchObject({
			outcome: "returned",
			runSeconds: 0,
		});
	});

	test("can be made stricter at the device, never looser, and hold without a server", async () => {
		await begin();
		say({ cpuLimit: 50 });
		const set = (...words: string[]) =>
			device.command("set-rule", "--json", ...words);
		expect(
			JSON.parse((await set("cpu-limit", "80")).stdout).rules.cpuLimit,
		).toBe(50);
		expect(
			JSON.parse((await set("cpu-limit", "20")).stdout).rules.cpuLimit,
		).toBe(20);
		await until(
			"the offer says so",
			async () => device.desk.offers.at(-1)?.cpuLimit === 20,
		);
		const wrong = await set("cpu-limit", "200");
		expect(wrong.code).toBe(2);
		expect(JSON.parse(wrong.stdout).message).toMatch(
			/cpu-limit cannot be "200"/,
		);
		await device.end("SIGKILL");
		const shown = await device.command("rules");
		expect(shown.stdout).toMatch(/^cpu-limit +20 +\(said at the device\)$/m);
		const cleared = await device.command("clear-rule", "--json");
		expect(JSON.parse(cleared.stdout).rules.cpuLimit).toBe(50);
	});

	test("hold downloads to the rate that the owner allows", async () => {
		await begin();
		say({ downloadKiBps: 100 });
		const input = bench.gateway.addBlob(Buffer.alloc(200 * 1024, "x"));
		const begun = Date.now();
		const report = await device.run(
			bench.task("wc -c < /input/x > answer", {
				assignment: { inputs: [{ path: "x", offset: 0, download: input }] },
			}),
		);
		expect(report.outcome).toBe("succeeded");
		expect(Date.now() - begun).toBeGreaterThan(1_000);
	});
});

/** Hours of a day that is not today, by the clock of this machine, which is the device's. */
function tomorrow(): WeekHours {
	const today = (new Date().getDay() + 6) % 7;
	return { days: [(today + 2) % 7], from: "00:00", until: "24:00" };
}
