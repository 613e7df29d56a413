import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ACCESS_LEVEL } from "../server/accounts/access-level.ts";
import type { ApiScope } from "../server/accounts/api-scope.ts";
import { createApiToken } from "../server/accounts/tokens/create-api-token.ts";
import { systemClock } from "../server/clock.ts";
import { createDatabase, type Database } from "../server/database/db.ts";
import { createLogger } from "../server/logger.ts";
import { generateSeries } from "../server/predictor/duty/duty-generator.ts";
import { DUTY_STEP_SECONDS } from "../server/telemetry/duty-day-codec.ts";
import { importDuty } from "../server/telemetry/duty-day-store.ts";
import {
	anAppVersion,
	aProject,
	aReport,
	aResearcher,
	aUser,
} from "../test/support/factories.ts";
import { ScriptedDevice } from "../test/support/scripted-device.ts";
import { until } from "../test/support/until.ts";
import type { Ready, ServerFigures } from "./stress/portal-under-stress.ts";

/**
 * Whether anybody has to wait for somebody else's large act. While scripted devices work, batches are submitted through
 * REST until there are a million work units, half of them are cancelled, a project with work on every device is
 * suspended, and a model is trained on what the devices did for two weeks. Devices take some seconds for a task, as
 * programs do, so that what is measured is not a queue that they make themselves.
 *
 *   npm run bench -- stress [--units 1000000] [--cancel 500000] [--devices 200] [--seconds 4] [--json]
 *
 * workUnits, cancelled   submitted and cancelled, counted in the database afterwards
 * hungUp                 connections that the server ended
 * deadlocks              by PostgreSQL's own count
 * reportP99Ms            from a report's first sending to its answer, of all devices
 * loopDelayP99Ms         how late the server's event loop was
 */
const { values } = parseArgs({
	options: {
		units: { type: "string", default: "1000000" },
		cancel: { type: "string", default: "500000" },
		devices: { type: "string", default: "200" },
		seconds: { type: "string", default: "4" },
		training: { type: "string", default: "25" },
		json: { type: "boolean", default: false },
	},
});
const UNITS = Number(values.units);
const CANCEL = Number(values.cancel);
const DEVICES = Number(values.devices);
const TASK_MS = Number(values.seconds) * 1000;
const CORES = 2;
const DUTY_DAYS = 14;
const DAY_SECONDS = 86_400;
/** What one submission brings: several, as several researchers would. */
const UNITS_A_BATCH = 250_000;
/** Of the projects whose work the devices do meanwhile: more than they can. */
const WORK_UNITS_AT_FIRST = 50_000;
const LONG_MS = 30 * 60_000;

const tell = (sentence: string) => process.stderr.write(`${sentence}\n`);

/** Asks the portal as a script of a researcher or an admin does. */
class Client {
	readonly #url: string;
	readonly #secret: string;

	constructor(url: string, secret: string) {
		this.#url = url;
		this.#secret = secret;
	}

	async post<T>(path: string, body: object): Promise<T> {
		const response = await fetch(`${this.#url}/api/v1${path}`, {
			method: "POST",
			headers: {
				authorization: `Bearer ${this.#secret}`,
				"content-type": "application/json",
			},
			body: JSON.stringify(body),
		});
		const answer = await response.json();
		if (!response.ok)
			throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
		return answer as T;
	}
}

async function startPortal(
	folder: string,
): Promise<{ child: ChildProcess; ready: Ready }> {
	const child = spawn(
		process.execPath,
		[
			"--import",
			"tsx",
			join(import.meta.dirname, "stress", "portal-under-stress.ts"),
			folder,
			String(values.training),
		],
		{ stdio: ["ignore", "inherit", "inherit", "ipc"] },
	);
	const [ready] = (await once(child, "message")) as [Ready];
	return { child, ready };
}

async function ask(child: ChildProcess): Promise<ServerFigures> {
	const answer = once(child, "message");
	child.send("tell");
	const [figures] = (await answer) as [ServerFigures];
	return figures;
}

async function tokenOf(
	db: Database["db"],
	person: { id: string; accessLevel: number },
	scope: ApiScope,
): Promise<string> {
	const { secret } = await createApiToken({ db, clock: systemClock }, person, {
		name: "stress",
		scopes: [scope],
	});
	return secret;
}

/** What the devices' owners did for two weeks: what a model is trained on. */
async function importHistory(
	db: Database["db"],
	deviceIds: readonly string[],
): Promise<void> {
	const now = Date.now();
	const start =
		Math.floor(now / 1000 / DAY_SECONDS) * DAY_SECONDS -
		DUTY_DAYS * DAY_SECONDS;
	for (const [seed, deviceId] of deviceIds.entries())
		await importDuty(
			db,
			deviceId,
			generateSeries("camera", seed, {
				start,
				days: DUTY_DAYS,
				stepSeconds: DUTY_STEP_SECONDS,
			}),
			new Date(now),
		);
}

const percentile = (sorted: readonly number[], share: number): number =>
	sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

async function deadlocks({ pool }: Database): Promise<number> {
	const { rows } = await pool.query<{ deadlocks: string }>(
		"SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
	);
	return Number(rows[0]?.deadlocks ?? 0);
}

/** The devices, and how long each of their reports waited. */
class Fleet {
	readonly devices: ScriptedDevice[] = [];
	readonly waits: number[] = [];
	hungUp = 0;
	#closing = false;

	async connect(db: Database["db"], url: string): Promise<void> {
		for (let i = 0; i < DEVICES; i++) {
			const device = await ScriptedDevice.connect(
				db,
				url,
				async ({ taskId, parameters }) => {
					// Spread, so that they do not all report at the same moment.
					await sleep(TASK_MS * (0.5 + Math.random()));
					return aReport(taskId, `${parameters.n}\n`);
				},
				{
					offer: {
						cores: CORES,
						memoryMiB: CORES * 1024,
						diskMiB: CORES * 1024,
					},
					onAnswer: (ms) => this.waits.push(ms),
				},
			);
			device.socket.on("disconnect", () => {
				if (!this.#closing) this.hungUp++;
			});
			this.devices.push(device);
		}
	}

	close(): void {
		this.#closing = true;
		for (const device of this.devices) device.close();
	}
}

async function main(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "lull-stress-"));
	const { child, ready } = await startPortal(folder);
	const database = createDatabase({
		url: ready.databaseUrl,
		poolSize: 4,
		logger: createLogger("error"),
	});
	const { db } = database;
	const fleet = new Fleet();
	try {
		const researcher = await aResearcher(db);
		const admin = await aUser(db, { accessLevel: ACCESS_LEVEL.admin });
		const client = new Client(ready.url, await tokenOf(db, researcher, "work"));
		const moderator = new Client(
			ready.url,
			await tokenOf(db, admin, "moderation"),
		);
		// One project that goes on, one that is submitted and cancelled, one that is suspended.
		const versionOf = async (name: string) => {
			const project = await aProject(db, { ownerId: researcher.id, name });
			const version = await anAppVersion(db, { projectId: project.id });
			return { project, version };
		};
		const [steady, large, suspended] = [
			await versionOf("Steady"),
			await versionOf("Large"),
			await versionOf("Suspended"),
		];
		tell(`Connecting ${DEVICES} devices …`);
		await fleet.connect(db, ready.url);
		await importHistory(
			db,
			fleet.devices.map(({ id }) => id),
		);
		for (const { version } of [steady, suspended])
			await submitRange(client, version.id, 0, WORK_UNITS_AT_FIRST);
		await until(
			"all devices work",
			async () =>
				(await db.task.count({ where: { state: "reported" } })) +
					fleet.waits.length >
				DEVICES,
			LONG_MS,
		);
		fleet.waits.length = 0;
		const deadlocksBefore = await deadlocks(database);
		child.send("begin");
		const begun = performance.now();
		const figures = await stress({
			database,
			client,
			moderator,
			large,
			suspended,
		});
		const seconds = (performance.now() - begun) / 1000;
		const server = await ask(child);
		const waits = fleet.waits.toSorted((a, b) => a - b);
		const result = {
			workUnits: figures.workUnits,
			cancelled: figures.cancelled,
			hungUp: fleet.hungUp,
			deadlocks: (await deadlocks(database)) - deadlocksBefore,
			reportP99Ms: percentile(waits, 0.99),
			loopDelayP99Ms: server.loopDelayP99Ms,
			reportP50Ms: percentile(waits, 0.5),
			reportMaxMs: waits.at(-1) ?? 0,
			loopDelayMaxMs: server.loopDelayMaxMs,
			reports: waits.length,
			reportsPerSecond: waits.length / seconds,
			submitSeconds: figures.submitSeconds,
			cancelAnsweredSeconds: figures.cancelAnsweredSeconds,
			cancelSeconds: figures.cancelSeconds,
			suspendSeconds: figures.suspendSeconds,
			modelsTrained: await db.predictorModel.count(),
			rssMiB: server.rssMiB,
			seconds,
		};
		console.log(values.json ? JSON.stringify(result) : result);
	} finally {
		fleet.close();
		await database.close();
		const ended = once(child, "exit");
		child.send("stop");
		await ended;
		await rm(folder, { recursive: true, force: true });
	}
}

/** Submits a work unit for each whole number from the first up to the end, which is not in it. */
const submitRange = (
	client: Client,
	appVersionId: string,
	from: number,
	to: number,
): Promise<{ batchId: string; workUnits: number }> =>
	client.post("/batches", {
		appVersionId,
		name: `From ${from}`,
		placement: "spread",
		source: {
			kind: "ranges",
			ranges: [{ name: "n", from: String(from), to: String(to), step: "1" }],
		},
	});

type Versioned = { project: { id: string }; version: { id: string } };

/** The large acts, one after the other, each as its person does it. */
async function stress(parts: {
	database: Database;
	client: Client;
	moderator: Client;
	large: Versioned;
	suspended: Versioned;
}) {
	const { database, client, moderator, large, suspended } = parts;
	const { db } = database;
	const timed = async <T>(work: () => Promise<T>) => {
		const begun = performance.now();
		const value = await work();
		return { value, seconds: (performance.now() - begun) / 1000 };
	};
	const submitted = await timed(async () => {
		const batches: { batchId: string; workUnits: number }[] = [];
		for (let from = 0; from < UNITS; from += UNITS_A_BATCH) {
			const to = Math.min(UNITS, from + UNITS_A_BATCH);
			tell(`Submitting work units ${from} to ${to - 1} …`);
			batches.push(await submitRange(client, large.version.id, from, to));
		}
		return batches;
	});
	let left = CANCEL;
	const toCancel = submitted.value.filter(({ workUnits }) => {
		if (left <= 0) return false;
		left -= workUnits;
		return true;
	});
	tell(`Cancelling ${toCancel.length} batches …`);
	const ids = toCancel.map(({ batchId }) => batchId);
	const begun = performance.now();
	const answered = await timed(() =>
		Promise.all(ids.map((id) => client.post(`/batches/${id}/cancel`, {}))),
	);
	await until(
		"no work unit of the cancelled batches is open",
		async () =>
			(await db.workUnit.count({
				where: { batchId: { in: ids }, state: "open" },
			})) === 0,
		LONG_MS,
	);
	const cancelSeconds = (performance.now() - begun) / 1000;
	tell("Suspending a project …");
	const suspending = await timed(async () => {
		await moderator.post(
			`/moderation/projects/${suspended.project.id}/suspend`,
			{
				reason: "A stress test.",
			},
		);
		await until(
			"nothing of it is on a device",
			async () =>
				(await db.task.count({
					where: {
						batch: { projectId: suspended.project.id },
						state: { in: ["leased", "preparing", "running", "paused"] },
					},
				})) === 0,
			LONG_MS,
		);
	});
	tell("Waiting for the model …");
	await until(
		"a model is trained",
		async () => (await db.predictorModel.count()) > 0,
		LONG_MS,
	);
	return {
		workUnits: await db.workUnit.count({
			where: { batch: { appVersionId: large.version.id } },
		}),
		cancelled: await db.workUnit.count({
			where: { batchId: { in: ids }, state: "cancelled" },
		}),
		submitSeconds: submitted.seconds,
		cancelAnsweredSeconds: answered.seconds,
		cancelSeconds,
		suspendSeconds: suspending.seconds,
	};
}

await main();
