import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ApiClient } from "../../cli/api/api-client.ts";
import { EmbeddedDatabase } from "../../server/database/embedded-database.ts";
import { findPostmaster } from "../../server/database/postmaster.ts";
import { createLogger } from "../../server/logger.ts";
import { loadSecrets } from "../../server/secrets.ts";
import { signIn } from "../../setup/demo/demo-person.ts";
import { readDemoBatch } from "../../setup/demo/demo-result.ts";
import { connectTo } from "../../setup/engine/base-image.ts";
import { findTestEngine } from "../support/test-engine.ts";

const root = join(import.meta.dirname, "..", "..");
const engine = await findTestEngine();
const minutes = 60_000;

let folder: string;
let port: number;
let demo: ChildProcess;
const demoFolder = () => join(folder, "data", "demo");

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "lull-kills-"));
	port = await freePort();
	await writeSmallExample(join(folder, "example"));
});

afterAll(async () => {
	await interruptDemo();
	await rm(folder, { recursive: true, force: true });
});

/** The asteroid belt with 24 tiles instead of 128. */
async function writeSmallExample(to: string): Promise<void> {
	await cp(join(root, "examples", "asteroid-belt"), to, { recursive: true });
	const file = join(to, "lull-project.json");
	const definition = JSON.parse(await readFile(file, "utf8"));
	for (const range of definition.batch.workUnits.ranges) {
		range.to = range.name === "x" ? 6 : 4;
	}
	await writeFile(file, JSON.stringify(definition));
}

function startDemo(): Promise<string> {
	demo = spawn(
		process.execPath,
		[
			join(root, "setup", "bootstrap.mjs"),
			"demo",
			"--exit-when-done",
			"--json",
			"--example",
			join(folder, "example"),
		],
		{
			cwd: root,
			env: {
				...process.env,
				LULL_DATA: join(folder, "data"),
				PORT: String(port),
				DOCKER_HOST: engine,
			},
			stdio: ["ignore", "pipe", "inherit"],
		},
	);
	let output = "";
	demo.stdout?.on("data", (chunk: Buffer) => {
		output += chunk.toString();
	});
	return new Promise((resolve) => demo.once("close", () => resolve(output)));
}

async function interruptDemo(): Promise<void> {
	if (!demo || demo.exitCode !== null || demo.signalCode !== null) return;
	const ended = new Promise((resolve) => demo.once("close", resolve));
	demo.kill("SIGINT");
	await ended;
}

const pidOf = async (program: string) =>
	Number(await readFile(join(demoFolder(), "run", `${program}.pid`), "utf8"));

async function databasePid(): Promise<number> {
	const found = await findPostmaster(join(demoFolder(), "postgres", "cluster"));
	if (!found) throw new Error("The database does not run.");
	return found.pid;
}

/** The researcher's view of the demo from outside, however often the portal goes away. */
async function becomeResearcher(): Promise<ApiClient> {
	for (;;) {
		const password = await readFile(join(demoFolder(), "password"), "utf8")
			.then((text) => text.trim())
			.catch(() => undefined);
		const server = `http://localhost:${port}`;
		const signal = new AbortController().signal;
		const person =
			password &&
			(await signIn(server, password, "researcher", signal).catch(
				() => undefined,
			));
		if (person) return person.client;
		await sleep(200);
	}
}

async function findBatch(client: ApiClient): Promise<string> {
	const listSchema = z.object({ items: z.array(z.object({ id: z.string() })) });
	for (;;) {
		const call = { method: "GET", path: "/batches" } as const;
		const [batch] = (await client.call(listSchema, call, minutes)).items;
		if (batch) return batch.id;
		await sleep(200);
	}
}

async function untilDone(
	client: ApiClient,
	batchId: string,
	units: number,
): Promise<void> {
	while ((await readDemoBatch(client, batchId)).doneUnits < units) {
		await sleep(200);
	}
}

describe.skipIf(engine === undefined)("the demo under fire", () => {
	test("an agent, the portal, the database and the command itself are killed in the middle, and every work unit is done and credited once", {
		timeout: 8 * minutes,
	}, async () => {
		startDemo();
		const client = await becomeResearcher();
		const batchId = await findBatch(client);
		await untilDone(client, batchId, 2);
		process.kill(await pidOf("agent-1"), "SIGKILL");
		await untilDone(client, batchId, 5);
		process.kill(await pidOf("portal"), "SIGKILL");
		await untilDone(client, batchId, 8);
		process.kill(await databasePid(), "SIGKILL");
		await untilDone(client, batchId, 11);
		demo.kill("SIGKILL");

		const result = JSON.parse(
			(await startDemo()).trim().split("\n").at(-1) ?? "",
		);
		expect(demo.exitCode).toBe(0);
		expect(result).toMatchObject({ workUnits: 24, done: 24, failed: 0 });
		expect(result.creditGranted).toBeGreaterThan(0);
		await expectCreditOnce(result.valid);
	});

	test("nothing of it runs afterwards", async () => {
		for (const program of ["portal", "agent-1", "agent-2", "agent-3"]) {
			await expect(pidOf(program)).rejects.toThrow("ENOENT");
		}
		await expect(databasePid()).rejects.toThrow("does not run");
		expect(await listContainersOfDemo()).toEqual([]);
	});
});

/** The ledger has one grant for each valid task, and what people have been given is its sum. */
async function expectCreditOnce(validTasks: number): Promise<void> {
	const secrets = await loadSecrets(demoFolder(), {});
	const database = await EmbeddedDatabase.start({
		folder: join(demoFolder(), "postgres"),
		password: secrets.databasePassword,
		logger: createLogger("silent"),
	});
	const client = new pg.Client({ connectionString: database.url });
	await client.connect();
	const { rows } = await client.query(
		`SELECT count(*)::int AS entries, count(DISTINCT "taskId")::int AS tasks, sum(amount) AS granted,
		        (SELECT sum("total") FROM "UserCredit") AS held FROM "CreditEntry"`,
	);
	await client.end();
	await database.stop();
	expect(rows[0]).toMatchObject({ entries: validTasks, tasks: validTasks });
	expect(rows[0].held).toBeCloseTo(rows[0].granted, 6);
}

async function listContainersOfDemo(): Promise<string[]> {
	const ids = await Promise.all(
		[1, 2, 3].map(async (number) => {
			const file = join(
				demoFolder(),
				"agents",
				String(number),
				"identity.json",
			);
			return JSON.parse(await readFile(file, "utf8")).deviceId as string;
		}),
	);
	const containers = await connectTo(engine ?? "").listContainers({
		all: true,
		filters: { label: ["org.lull.role=task"] },
	});
	return containers
		.filter(({ Labels }) => ids.includes(Labels["org.lull.device"] ?? ""))
		.map(({ Id }) => Id);
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once("error", reject);
		probe.listen(0, "127.0.0.1", () => {
			const address = probe.address();
			const free = typeof address === "object" ? (address?.port ?? 0) : 0;
			probe.close(() => resolve(free));
		});
	});
}
