import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Wanted } from "../../agent/core/protocol.ts";
import { Connection } from "../../agent/link/connection.ts";
import { makeDeviceKey } from "../../agent/state/device-key.ts";
import { createApiToken } from "../../server/accounts/tokens/create-api-token.ts";
import { createEnrolmentCode } from "../../server/devices/enrolment/enrol-device.ts";
import {
	aBatch,
	anAppVersion,
	aProject,
	aResearcher,
	aUser,
} from "../support/factories.ts";
import { testDatabase } from "../support/test-database.ts";
import { testServer } from "../support/test-server.ts";
import { until } from "../support/until.ts";

/**
 * Agents, servers and scripts of version 0.1 stay in use when their other half is newer. What they say is written here
 * as they say it, as plain JSON, so that no change of our own types can change it.
 */
const database = testDatabase();
const server = testServer(database);

const opened: { close(): unknown }[] = [];
afterEach(async () => {
	for (const one of opened.splice(0)) await one.close();
});

const sha256 = (text: string) =>
	createHash("sha256").update(text).digest("hex");

describe("an agent of version 0.1", () => {
	let { publicKey, privateKey } = generateKeyPairSync("ed25519");
	beforeEach(() => {
		({ publicKey, privateKey } = generateKeyPairSync("ed25519"));
	});
	const signed = (text: string) =>
		sign(null, Buffer.from(text), privateKey).toString("base64url");

	/** Enrolls as its command did, and answers with what the server said. */
	async function enroll(ownerId: string) {
		const { code } = await createEnrolmentCode(
			database.db,
			ownerId,
			{},
			new Date(),
		);
		const normalised = code.toUpperCase().replace(/[^A-Z0-9]/g, "");
		const answer = await fetch(`${server().url}/api/v1/devices/enroll`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({
				code,
				publicKey: publicKey
					.export({ format: "der", type: "spki" })
					.subarray(-32)
					.toString("base64url"),
				signature: signed(`lull-enrol:1:${normalised}`),
				name: "door camera",
				kind: "camera",
				agentVersion: "0.1.0",
			}),
		});
		expect(answer.status).toBe(200);
		return answer.json();
	}

	/** Connects as it did, measures itself and offers; `lists` grows with what the server wants. */
	async function connect(deviceId: string) {
		const socket: Socket = io(`${server().url}/agents`, {
			transports: ["websocket"],
			forceNew: true,
		});
		opened.push(socket);
		const lists: Record<string, unknown>[] = [];
		socket.on("wanted", (list) => lists.push(list));
		const challenge = await new Promise<{ nonce: string; protocol: number }>(
			(resolve) => socket.once("challenge", resolve),
		);
		expect(challenge.protocol).toBe(1);
		const welcome = await socket.timeout(5_000).emitWithAck("authenticate", {
			deviceId,
			signature: signed(`lull-challenge:1:${deviceId}:${challenge.nonce}`),
			protocol: 1,
			agentVersion: "0.1.0",
		});
		expect(welcome).toEqual({
			ok: true,
			connectionId: expect.any(String),
			serverTime: expect.any(String),
		});
		socket.emit("measurements", {
			architecture: "linux/amd64",
			cores: 4,
			memoryMiB: 3900,
			diskMiB: 30_000,
			processor: "UP Squared, Intel(R) Pentium(R) CPU N4200 @ 1.10GHz",
			operatingSystem: "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-18-amd64",
			engine: "Docker 20.10.24+dfsg1, overlay2, cgroup v2",
			accelerators: [],
			integerOpsPerSecond: 1_100_000_000,
			floatOpsPerSecond: 900_000_000,
		});
		socket.emit("offer", {
			cores: 3,
			memoryMiB: 2048,
			diskMiB: 8192,
			images: [],
			until: null,
			cpuLimit: 30,
			accepting: true,
		});
		return { socket, lists };
	}

	it("is given its tasks with the word for their longest frozen time that it knows, and can hand them in", async () => {
		const owner = await aUser(database.db);
		const enrolled = await enroll(owner.id);
		expect(enrolled).toEqual({
			deviceId: expect.any(String),
			signingKey: expect.stringMatching(/^[\w-]{43}$/),
			owner: owner.name,
		});
		const batch = await aBatch(database.db, {
			maxFrozenSeconds: 240,
			quorum: 1,
			targetCopies: 1,
		});
		const { socket, lists } = await connect(enrolled.deviceId);
		const list = await until("a task is wanted on the device", async () =>
			lists.find(({ assignments }) => (assignments as unknown[]).length > 0),
		);
		expect(list).toMatchObject({
			revision: expect.any(Number),
			paused: false,
			draining: false,
			rules: { cpuLimit: 30, hours: [], projects: null },
			yoursNow: null,
			watch: { samples: false, taskIds: [] },
			assignments: [
				{
					taskId: expect.any(String),
					workUnitId: batch.workUnitIds[0],
					appVersionId: batch.appVersionId,
					parameters: { n: "0" },
					inputs: [],
					deadline: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
					patienceSeconds: 240,
					checkpoint: null,
				},
			],
			manifests: [
				{
					appVersionId: batch.appVersionId,
					manifest: expect.any(String),
					signature: expect.any(String),
					archive: {
						path: expect.stringMatching(/^\//),
						bytes: 1000,
						sha256: "2".repeat(64),
					},
				},
			],
		});
		const [{ taskId }] = list.assignments as [{ taskId: string }];
		socket.emit("progress", {
			tasks: [{ taskId, state: "running", progress: 0.5 }],
		});
		socket.emit("log", {
			taskId,
			stream: "stdout",
			offset: 0,
			text: "LULL_PROGRESS 0.5\n",
		});
		const answer = await socket.timeout(5_000).emitWithAck("report", {
			taskId,
			outcome: "succeeded",
			exitCode: 0,
			runSeconds: 10.5,
			cpuSeconds: 9.25,
			outputs: [
				{
					path: "result.txt",
					bytes: 2,
					sha256: sha256("7\n"),
					inline: "Nwo=",
				},
			],
			stdout: { text: "LULL_PROGRESS 0.5\n", bytes: 18 },
			stderr: { text: "", bytes: 0 },
		});
		expect(answer).toEqual({ status: "accepted" });
		await until("its result is the one that counts", async () => {
			const unit = await database.db.workUnit.findUniqueOrThrow({
				where: { id: batch.workUnitIds[0] ?? "" },
			});
			return unit.canonicalTaskId === taskId;
		});
	});

	it("hands in what it measured and what its guard did, in its own words for the reasons", async () => {
		const owner = await aUser(database.db);
		const { deviceId } = await enroll(owner.id);
		const { socket } = await connect(deviceId);
		const t = Date.now() - 4_000;
		const said = await socket.timeout(5_000).emitWithAck("telemetry", {
			samples: [
				{
					t,
					dutyCpu: 12.5,
					oursCpu: 40,
					dutyMemory: 30,
					oursMemory: 2,
					diskFreeMiB: 20_000,
					temperature: 51,
					load: 1.2,
				},
			],
		});
		expect(said).toEqual({ ok: true });
		const id = "0198f000-0000-7000-8000-000000000001";
		const kept = await socket.timeout(5_000).emitWithAck("guard", {
			records: [
				{
					id,
					at: new Date(t).toISOString(),
					action: "giveBack",
					reason: "patience",
					detail:
						"The owner was busy for more than the 240 s that its batch waits.",
					latencyMs: 12.5,
					taskIds: [],
				},
			],
		});
		expect(kept).toEqual({ ok: true });
		expect(
			await database.db.guardRecord.findFirst({ where: { deviceId } }),
		).toMatchObject({ reason: "patience", action: "giveBack" });
		await socket.timeout(5_000).emitWithAck("goodbye");
	});
});

describe("a server of version 0.1", () => {
	/** Says what that version said to a device that it lets in, then notes what it is told. */
	async function aServer(list: object, answers: object[]) {
		const http: HttpServer = createServer();
		const sockets = new Server(http);
		opened.push(sockets);
		const heard: [event: string, message: unknown][] = [];
		sockets.of("/agents").on("connection", (socket) => {
			socket.on("authenticate", (message, answer) => {
				heard.push(["authenticate", message]);
				answer({
					ok: true,
					connectionId: "0198f000-0000-7000-8000-0000000000aa",
					serverTime: "2026-11-20T12:00:00.000Z",
				});
				socket.emit("wanted", list);
			});
			socket.on("report", (message, answer) => {
				heard.push(["report", message]);
				answer(answers.shift());
			});
			socket.on("telemetry", (_message, answer) => answer({ ok: true }));
			socket.on("guard", (_message, answer) => answer({ ok: true }));
			socket.on("goodbye", (answer) => answer());
			socket.emit("challenge", {
				nonce: "bm9uY2Utb2YtYS1zZXJ2ZXItb2YtMC4x",
				protocol: 1,
			});
		});
		await new Promise<void>((resolve) =>
			http.listen(0, "127.0.0.1", () => resolve()),
		);
		const { port } = http.address() as AddressInfo;
		return { url: `http://127.0.0.1:${port}`, heard };
	}

	it("is understood by this version's agent, which lets a task stand frozen for as long as it says", async () => {
		const key = makeDeviceKey();
		const assignment = {
			taskId: "0198f000-0000-7000-8000-000000000011",
			workUnitId: "0198f000-0000-7000-8000-000000000012",
			appVersionId: "0198f000-0000-4000-8000-000000000013",
			parameters: { n: "7" },
			inputs: [
				{
					path: "data.csv",
					offset: 0,
					download: {
						path: "/blobs/aa?expires=1",
						bytes: 3,
						sha256: "a".repeat(64),
					},
				},
			],
			deadline: "2026-11-21T12:00:00.000Z",
			patienceSeconds: 240,
			checkpoint: null,
		};
		const old = await aServer(
			{
				revision: 1,
				paused: false,
				draining: false,
				assignments: [assignment],
				manifests: [
					{
						appVersionId: assignment.appVersionId,
						manifest: "{}",
						signature: "s".repeat(86),
						archive: {
							path: "/blobs/bb?expires=1",
							bytes: 9,
							sha256: "b".repeat(64),
						},
					},
				],
				rules: { cpuLimit: 40 },
				yoursNow: null,
				watch: { samples: false, taskIds: [] },
			},
			[
				{
					status: "uploadsNeeded",
					uploads: [{ output: "big.bin", path: "/uploads/1?expires=1" }],
				},
				{ status: "accepted" },
			],
		);
		const lists: Wanted[] = [];
		const silent = { info: () => {}, warn: () => {} };
		const connection = new Connection(
			{
				deviceId: "0198f000-0000-7000-8000-000000000099",
				server: old.url,
				name: "door camera",
				owner: "Ada",
				signingKey: "k".repeat(43),
				enrolledAt: "2026-11-20T12:00:00.000Z",
				...key,
			},
			silent,
			{
				onWelcome: () => {},
				onLost: () => {},
				onWanted: (list) => lists.push(list),
				onFinalRefusal: () => {},
			},
		);
		opened.unshift(connection);
		connection.open();
		const list = await until("the list is understood", async () =>
			lists.at(-1),
		);
		expect(list.assignments[0]?.maxFrozenSeconds).toBe(240);
		expect(list.rules?.cpuLimit).toBe(40);
		const report = {
			taskId: assignment.taskId,
			outcome: "succeeded" as const,
			exitCode: 0,
			runSeconds: 1,
			cpuSeconds: 1,
			outputs: [{ path: "big.bin", bytes: 70_000, sha256: "c".repeat(64) }],
			stdout: { text: "", bytes: 0 },
			stderr: { text: "", bytes: 0 },
		};
		expect(await connection.report(report)).toMatchObject({
			status: "uploadsNeeded",
		});
		expect(await connection.report(report)).toEqual({ status: "accepted" });
		expect(old.heard).toEqual([
			[
				"authenticate",
				{
					deviceId: "0198f000-0000-7000-8000-000000000099",
					signature: expect.stringMatching(/^[\w-]{86}$/),
					protocol: 1,
					agentVersion: expect.any(String),
				},
			],
			["report", report],
			["report", report],
		]);
	});
});

describe("a script of version 0.1", () => {
	it("submits a batch over REST with patienceSeconds, and reads it back by that name", async () => {
		const researcher = await aResearcher(database.db);
		const project = await aProject(database.db, { ownerId: researcher.id });
		const version = await anAppVersion(database.db, { projectId: project.id });
		const { secret } = await createApiToken(server().services, researcher, {
			name: "a script",
			scopes: ["read", "work"],
		});
		const send = async (path: string, body?: string) => {
			const answer = await fetch(`${server().url}/api/v1${path}`, {
				method: body === undefined ? "GET" : "POST",
				headers: {
					authorization: `Bearer ${secret}`,
					"content-type": "application/json",
				},
				...(body === undefined ? {} : { body }),
			});
			return { status: answer.status, body: await answer.json() };
		};
		const submitted = await send(
			"/batches",
			`{
				"appVersionId": "${version.id}",
				"name": "Primes",
				"quorum": 1,
				"targetCopies": 1,
				"patienceSeconds": 45,
				"source": { "kind": "ranges", "ranges": [{ "name": "n", "from": 1, "to": 3 }] }
			}`,
		);
		expect(submitted).toMatchObject({ status: 200 });
		const { batchId } = submitted.body;
		const read = await send(`/batches/${batchId}`);
		expect(read).toMatchObject({
			status: 200,
			body: { name: "Primes", workUnits: 2, patienceSeconds: 45 },
		});
	});
});
