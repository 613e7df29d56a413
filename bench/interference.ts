import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { askAgent } from "../agent/control/control-client.ts";
import { ownerRulesSchema } from "../agent/core/protocol.ts";
import { StateFolder } from "../agent/state/state-folder.ts";
import { ensureBaseImage } from "../setup/engine/base-image.ts";
import {
	engineNeeded,
	joinDockerEngine,
} from "../setup/engine/docker-engine.ts";
import {
	AgentBench,
	type BenchDevice,
	type BenchTask,
} from "../test/support/agent-bench.ts";
import { until } from "../test/support/until.ts";

/**
 * What an owner feels of us. A program of the owner answers requests in bursts, on half of the cores, in four worlds:
 * alone; beside a CPU-burning, a memory-hungry and a disk-writing task under the guard; beside them with the lowest
 * weights but never frozen; and beside them as plain containers, as an engine runs them that knows nothing of owners.
 * The worlds take turns, so that whatever else the machine does falls on each; each figure is the median of the rounds.
 *
 *   npm run bench -- interference [--rounds 8] [--burst 4] [--limit 30] [--json]
 *
 * `freezeMs` is the guard's own figure, from the sample that showed the burst; `burstToFrozenMs` counts from the
 * burst's first request.
 */
const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "8" },
		burst: { type: "string", default: "4" },
		limit: { type: "string", default: "30" },
		json: { type: "boolean", default: false },
	},
});
const CORES = os.cpus().length;
const WORKERS = Math.max(1, Math.floor(CORES / 2));
/** An owner who comes back sooner than this after a thaw makes the guard more careful: not what is measured here. */
const APART_MS = 31_000;
const SETTLE_MS = 2_000;
const CALM_MS = 180_000;

interface Burst {
	throughput: number;
	p50Ms: number;
	p99Ms: number;
}
type World = "alone" | "withGuard" | "weightsOnly" | "withoutGuard";

class Owner {
	readonly #workers: ChildProcess[];

	private constructor(workers: ChildProcess[]) {
		this.#workers = workers;
	}

	static async start(): Promise<Owner> {
		const program = join(import.meta.dirname, "interference/owner-program.ts");
		const workers = Array.from({ length: WORKERS }, () =>
			fork(program, { execArgv: ["--import", "tsx"] }),
		);
		await Promise.all(workers.map((worker) => messageOf(worker)));
		return new Owner(workers);
	}

	async burst(seconds: number): Promise<Burst> {
		const answers = await Promise.all(
			this.#workers.map((worker) => {
				worker.send({ burstMs: seconds * 1000 });
				return messageOf<{ seconds: number; latencies: number[] }>(worker);
			}),
		);
		const latencies = answers.flatMap((answer) => answer.latencies);
		return {
			throughput: answers.reduce(
				(sum, answer) => sum + answer.latencies.length / answer.seconds,
				0,
			),
			p50Ms: quantile(latencies, 0.5),
			p99Ms: quantile(latencies, 0.99),
		};
	}

	leave(): void {
		for (const worker of this.#workers) worker.disconnect();
	}
}

const messageOf = <T>(child: ChildProcess): Promise<T> =>
	new Promise((resolve) =>
		child.once("message", (message) => resolve(message as T)),
	);

function quantile(numbers: readonly number[], share: number): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	return (
		sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
	);
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** What the tasks do: all cores, a lot of memory again and again, and writing to the disk without end. */
const SCRIPTS = [
	{
		script: `for i in $(seq ${CORES}); do (while :; do :; done) & done; wait`,
		manifest: { cores: CORES, memoryMiB: 64 },
	},
	{
		script:
			"while :; do head -c 200M /dev/zero | tail -c 200M > /dev/null; done",
		manifest: { cores: 1, memoryMiB: 512 },
	},
	{
		script:
			"while :; do dd if=/dev/zero of=f bs=1M count=64 conv=fdatasync 2> /dev/null; rm f; done",
		manifest: { cores: 1, memoryMiB: 256, diskMiB: 128 },
	},
];

/** The tasks, beside each other, for as long as `work` takes. */
async function besideTasks<T>(
	bench: AgentBench,
	device: BenchDevice,
	work: () => Promise<T>,
): Promise<T> {
	const tasks: BenchTask[] = SCRIPTS.map(({ script, manifest }) =>
		bench.task(script, { manifest }),
	);
	for (const task of tasks) device.give(task);
	for (const task of tasks) await device.running(task);
	await sleep(SETTLE_MS);
	try {
		return await work();
	} finally {
		bench.gateway.want(device.id, { assignments: [] });
		await until(
			"the tasks are gone",
			async () => (await device.containers()).length === 0,
			30_000,
		);
	}
}

/** The same programs as an engine runs them by itself: no weights, no freezer. */
async function besideContainers<T>(
	bench: AgentBench,
	work: () => Promise<T>,
): Promise<T> {
	const containers = await Promise.all(
		SCRIPTS.map(({ script }) =>
			bench.docker.createContainer({
				Image: bench.imageId,
				Cmd: ["/bin/sh", "-c", script],
				WorkingDir: "/var/tmp",
				HostConfig: { NetworkMode: "none" },
			}),
		),
	);
	try {
		for (const container of containers) await container.start();
		await sleep(SETTLE_MS);
		return await work();
	} finally {
		for (const container of containers)
			await container.remove({ force: true, v: true });
	}
}

/** Asked through the agent's socket and seldom: whoever waits must not look like a busy owner. */
async function untilWorking(device: BenchDevice): Promise<void> {
	const state = new StateFolder(device.folder);
	const end = Date.now() + CALM_MS;
	while (Date.now() < end) {
		const status = await askAgent(state, { command: "status" });
		if (status?.mode === "working") return;
		await sleep(500);
	}
	throw new Error(
		"The guard sees a busy owner all the time: something else works on this machine. Stop it and try again.",
	);
}

async function main(): Promise<void> {
	const engine = await joinDockerEngine();
	if (!engine) throw new Error(engineNeeded);
	await ensureBaseImage(engine.address);
	const bench = await AgentBench.start(engine.address);
	const owner = await Owner.start();
	const device = await bench.enrol("Interference");
	const leave = async () => {
		owner.leave();
		await device.end("SIGTERM");
		await bench.close();
		await engine.release();
	};
	for (const signal of ["SIGINT", "SIGTERM"] as const)
		process.once(signal, () => void leave().finally(() => process.exit(1)));
	const dutyFile = `${device.folder}.duty`;
	/** Without a number in the file the owner is sensed; with 0 the owner is never there. */
	const guardIsOn = (on: boolean) => writeFileSync(dutyFile, on ? "" : "0");
	guardIsOn(false);
	await device.start(
		...["--cores", String(CORES + 2), "--memory", "1G", "--disk", "1G"],
	);
	bench.gateway.want(device.id, {
		rules: ownerRulesSchema.parse({ cpuLimit: Number(values.limit) }),
	});
	const seconds = Number(values.burst);
	const bursts: Record<World, Burst[]> = {
		alone: [],
		withGuard: [],
		weightsOnly: [],
		withoutGuard: [],
	};
	const toFrozenMs: number[] = [];
	let frozeAtMs = Number.NEGATIVE_INFINITY;
	try {
		await owner.burst(seconds);
		for (let turn = 0; turn < Number(values.rounds); turn++) {
			await sleep(SETTLE_MS);
			bursts.alone.push(await owner.burst(seconds));
			bursts.weightsOnly.push(
				await besideTasks(bench, device, () => owner.burst(seconds)),
			);
			bursts.withoutGuard.push(
				await besideContainers(bench, () => owner.burst(seconds)),
			);
			bursts.withGuard.push(
				await besideTasks(bench, device, async () => {
					guardIsOn(true);
					// Starting the tasks was work too: the guard has calmed down when it lets them run.
					await sleep(Math.max(0, frozeAtMs + APART_MS - performance.now()));
					await untilWorking(device);
					await sleep(SETTLE_MS);
					const known = device.desk.guardRecords.length;
					const begun = Date.now();
					const burst = await owner.burst(seconds);
					const freeze = device.desk.guardRecords
						.slice(known)
						.find(({ action }) => action === "freeze");
					if (freeze) toFrozenMs.push(Date.parse(freeze.at) - begun);
					return burst;
				}),
			);
			await untilWorking(device);
			frozeAtMs = performance.now();
			guardIsOn(false);
			process.stderr.write(`${describeRound(turn, bursts)}\n`);
		}
		const freezes = device.desk.guardRecords.flatMap(({ action, latencyMs }) =>
			action === "freeze" && latencyMs !== null ? [latencyMs] : [],
		);
		const result = {
			cores: CORES,
			rounds: Number(values.rounds),
			alone: medians(bursts.alone),
			withGuard: medians(bursts.withGuard),
			weightsOnly: medians(bursts.weightsOnly),
			withoutGuard: medians(bursts.withoutGuard),
			freezeMs: quantiles(freezes),
			burstToFrozenMs: quantiles(toFrozenMs),
			freezes: freezes.length,
		};
		console.log(values.json ? JSON.stringify(result) : result);
	} finally {
		await leave();
	}
}

function describeRound(turn: number, bursts: Record<World, Burst[]>): string {
	const worlds = Object.entries(bursts).map(([world, all]) => {
		const last = all.at(-1);
		return `${world} ${last?.throughput.toFixed(1)}/s p99 ${last?.p99Ms.toFixed(1)} ms`;
	});
	return `round ${turn + 1} of ${values.rounds}: ${worlds.join(", ")}`;
}

const medians = (all: readonly Burst[]): Burst => ({
	throughput: round(
		quantile(
			all.map(({ throughput }) => throughput),
			0.5,
		),
	),
	p50Ms: round(
		quantile(
			all.map(({ p50Ms }) => p50Ms),
			0.5,
		),
	),
	p99Ms: round(
		quantile(
			all.map(({ p99Ms }) => p99Ms),
			0.5,
		),
	),
});

const quantiles = (numbers: readonly number[]) => ({
	p50: round(quantile(numbers, 0.5)),
	p99: round(quantile(numbers, 0.99)),
});

await main();
