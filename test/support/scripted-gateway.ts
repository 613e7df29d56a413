import {
	createHash,
	generateKeyPairSync,
	type KeyObject,
	randomBytes,
	randomUUID,
	sign,
} from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { Server as TusServer, Upload } from "@tus/server";
import { type Namespace, Server, type Socket } from "socket.io";
import {
	AGENT_NAMESPACE,
	type AgentToServerEvents,
	type Assignment,
	authenticateSchema,
	CHECKPOINT_NAME,
	challengeText,
	enrolmentText,
	enrolRequestSchema,
	type GuardRecord,
	guardRecordsSchema,
	type Log,
	type Manifest,
	type Measurements,
	measurementsSchema,
	type Offer,
	offerSchema,
	PROTOCOL_VERSION,
	type Progress,
	progressSchema,
	type Report,
	type ReportAnswer,
	reportSchema,
	type Sample,
	type ServerToAgentEvents,
	type SignedManifest,
	sampleSchema,
	telemetrySchema,
	type Wanted,
	wantedSchema,
} from "../../agent/core/protocol.ts";
import { hasSigned } from "../../agent/state/device-key.ts";

type AgentSocket = Socket<AgentToServerEvents, ServerToAgentEvents>;
type Blob = { path: string; sha256: string; bytes: number };

/** What one device has said, and what is wanted on it. */
export class DeviceDesk {
	readonly publicKey: string;
	socket: AgentSocket | undefined;
	revision = 0;
	wanted: Omit<Wanted, "revision"> = {
		paused: false,
		draining: false,
		assignments: [],
		manifests: [],
		yoursNow: null,
		watch: { samples: false, taskIds: [] },
	};
	readonly reports: Report[] = [];
	readonly progress: Progress["tasks"] = [];
	readonly offers: Offer[] = [];
	readonly logs: Log[] = [];
	readonly samples: Sample[] = [];
	readonly telemetry: Sample[] = [];
	readonly guardRecords: GuardRecord[] = [];
	measurements: Measurements | undefined;
	retired = false;
	goodbyes = 0;
	connections = 0;
	looks = 0;

	constructor(publicKey: string) {
		this.publicKey = publicKey;
	}
}

/**
 * The server's end of the agent's protocol on a real port, with real sockets, ranges and uploads, that does what a
 * test tells it to. It decides nothing itself; the server's own gateway is tested with ScriptedDevice.
 */
export class ScriptedGateway {
	readonly devices = new Map<string, DeviceDesk>();
	/** What comes in reply to a report; a test may be slow, forgetful or choosy here. */
	answerReport: (report: Report) => Promise<ReportAnswer> | ReportAnswer = (
		report,
	) => this.#takeReport(report);
	/** Ranges that were asked for, by path. */
	readonly downloads: { path: string; range: string | undefined }[] = [];
	/** Cuts downloads off after so many bytes, once for each path. */
	cutDownloadsAt: number | undefined;
	readonly #key: KeyObject;
	readonly signingKey: string;
	readonly #blobs = new Map<string, Buffer>();
	readonly #cut = new Set<string>();
	readonly #uploads = new Map<string, { taskId: string; output: string }>();
	readonly uploaded = new Map<string, Buffer>();
	readonly #folder: string;
	readonly #tus: TusServer;
	readonly #store: FileStore;
	#http: http.Server | undefined;
	#io: Server | undefined;
	#port = 0;

	private constructor(folder: string) {
		const pair = generateKeyPairSync("ed25519");
		this.#key = pair.privateKey;
		this.signingKey = rawKey(pair.publicKey);
		this.#folder = folder;
		this.#store = new FileStore({ directory: folder });
		this.#tus = new TusServer({
			path: "/uploads",
			datastore: this.#store,
			onUploadFinish: async (_request, upload) => {
				const content = await readFile(join(this.#folder, upload.id));
				this.uploaded.set(this.#uploads.get(upload.id)?.output ?? "", content);
				return {};
			},
		});
	}

	static async start(): Promise<ScriptedGateway> {
		const folder = await mkdtemp(join(tmpdir(), "lull-gateway-"));
		const gateway = new ScriptedGateway(folder);
		await gateway.open();
		return gateway;
	}

	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	/** Listens, after a `shut` on the same port as before. */
	async open(): Promise<void> {
		const server = http.createServer((request, response) =>
			this.#serve(request, response),
		);
		this.#http = server;
		this.#io = new Server(server, { maxHttpBufferSize: 4 * 2 ** 20 });
		const agents: Namespace<AgentToServerEvents, ServerToAgentEvents> =
			this.#io.of(AGENT_NAMESPACE);
		agents.on("connection", (socket) => this.#greet(socket));
		await new Promise<void>((resolve) =>
			server.listen(this.#port, "127.0.0.1", resolve),
		);
		this.#port = (server.address() as AddressInfo).port;
	}

	/** Goes away, as a server does whose machine lost power. */
	async shut(): Promise<void> {
		this.#http?.closeAllConnections();
		await this.#io?.close();
	}

	async close(): Promise<void> {
		await this.shut();
		await rm(this.#folder, { recursive: true, force: true });
	}

	device(deviceId: string): DeviceDesk {
		const desk = this.devices.get(deviceId);
		if (!desk) throw new Error(`No device ${deviceId} is enrolled here.`);
		return desk;
	}

	addBlob(content: Buffer | string): Blob {
		const bytes = Buffer.from(content);
		const sha256 = createHash("sha256").update(bytes).digest("hex");
		this.#blobs.set(sha256, bytes);
		return { path: `/blobs/${sha256}`, sha256, bytes: bytes.length };
	}

	/** @param key another than ours makes a manifest that no device should believe */
	sign(manifest: Manifest, key: KeyObject = this.#key): SignedManifest {
		const text = JSON.stringify(manifest);
		return {
			appVersionId: manifest.appVersionId,
			manifest: text,
			signature: sign(null, Buffer.from(text), key).toString("base64url"),
			archive: {
				path: `/blobs/${manifest.archive.sha256}`,
				...manifest.archive,
			},
		};
	}

	/** Adds tasks to what is wanted on a device and says so. */
	assign(
		deviceId: string,
		assignments: Assignment[],
		manifests: SignedManifest[],
	): void {
		const { wanted } = this.device(deviceId);
		wanted.assignments.push(...assignments);
		wanted.manifests.push(...manifests);
		this.tell(deviceId);
	}

	/** Changes what is wanted on a device and says so. */
	want(deviceId: string, change: Partial<Omit<Wanted, "revision">>): void {
		Object.assign(this.device(deviceId).wanted, change);
		this.tell(deviceId);
	}

	tell(deviceId: string): void {
		const desk = this.device(deviceId);
		const message = { ...desk.wanted, revision: ++desk.revision };
		// A test that breaks the protocol by accident would prove nothing.
		desk.socket?.emit("wanted", wantedSchema.parse(message));
	}

	/** Asks for every output that has no inline content, and accepts once they are there. */
	async #takeReport(report: Report): Promise<ReportAnswer> {
		const { checkpoint } = report;
		const files = [
			...report.outputs.filter(({ inline }) => inline === undefined),
			...(checkpoint ? [{ path: CHECKPOINT_NAME, ...checkpoint }] : []),
		];
		const missing = files.filter(({ path }) => !this.uploaded.has(path));
		if (missing.length === 0) return { status: "accepted" };
		const uploads = await Promise.all(
			missing.map(async ({ path, bytes }) => ({
				output: path,
				path: await this.#makeUpload(report.taskId, path, bytes),
			})),
		);
		return { status: "uploadsNeeded", uploads };
	}

	async #makeUpload(taskId: string, output: string, bytes: number) {
		const id = randomUUID();
		await this.#store.create(new Upload({ id, size: bytes, offset: 0 }));
		this.#uploads.set(id, { taskId, output });
		return `/uploads/${id}`;
	}

	#greet(socket: AgentSocket): void {
		const nonce = randomBytes(32).toString("base64url");
		socket.on("authenticate", (message, answer) => {
			const { deviceId, signature } = authenticateSchema.parse(message);
			const desk = this.devices.get(deviceId);
			if (!desk || desk.retired)
				return answer({
					ok: false,
					code: desk ? "deviceRetired" : "deviceUnknown",
					message: "This device is retired.",
				});
			if (!hasSigned(desk.publicKey, challengeText(deviceId, nonce), signature))
				return answer({
					ok: false,
					code: "notAllowed",
					message: "The signature is wrong.",
				});
			answer({
				ok: true,
				connectionId: randomUUID(),
				serverTime: new Date().toISOString(),
			});
			desk.socket = socket;
			desk.revision = 0;
			desk.connections++;
			this.#listen(deviceId, desk, socket);
			this.tell(deviceId);
		});
		socket.emit("challenge", { nonce, protocol: PROTOCOL_VERSION });
	}

	#listen(deviceId: string, desk: DeviceDesk, socket: AgentSocket): void {
		socket.on("measurements", (message) => {
			desk.measurements = measurementsSchema.parse(message);
		});
		socket.on("offer", (message) =>
			desk.offers.push(offerSchema.parse(message)),
		);
		socket.on("progress", (message) =>
			desk.progress.push(...progressSchema.parse(message).tasks),
		);
		socket.on("log", (message) => desk.logs.push(message));
		socket.on("sample", (message) =>
			desk.samples.push(sampleSchema.parse(message)),
		);
		socket.on("look", () => {
			desk.looks++;
			this.tell(deviceId);
		});
		socket.on("goodbye", (answer) => {
			desk.goodbyes++;
			answer();
		});
		socket.on("telemetry", (message, answer) => {
			desk.telemetry.push(...telemetrySchema.parse(message).samples);
			answer({ ok: true });
		});
		socket.on("guard", (message, answer) => {
			desk.guardRecords.push(...guardRecordsSchema.parse(message).records);
			answer({ ok: true });
		});
		socket.on("report", async (message, answer) => {
			const report = reportSchema.parse(message);
			const said = await this.answerReport(report);
			if (said.status !== "uploadsNeeded") {
				desk.reports.push(report);
				desk.wanted.assignments = desk.wanted.assignments.filter(
					({ taskId }) => taskId !== report.taskId,
				);
			}
			answer(said);
			if (said.status !== "uploadsNeeded") this.tell(deviceId);
		});
	}

	#serve(request: http.IncomingMessage, response: http.ServerResponse): void {
		const url = request.url ?? "";
		if (url.startsWith("/socket.io")) return;
		if (url.startsWith("/uploads"))
			return void this.#tus.handle(request, response);
		if (url === "/api/v1/devices/enroll")
			return void this.#enroll(request, response);
		const content = this.#blobs.get(url.slice("/blobs/".length));
		if (!content) return void response.writeHead(404).end();
		this.#sendRange(request, response, content);
	}

	#sendRange(
		{ url = "", headers }: http.IncomingMessage,
		response: http.ServerResponse,
		content: Buffer,
	): void {
		this.downloads.push({ path: url, range: headers.range });
		const [, first = "0", last = ""] =
			/^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
		const end = last === "" ? content.length : Number(last) + 1;
		const part = content.subarray(Number(first), end);
		response.writeHead(206, {
			"content-length": part.length,
			"content-range": `bytes ${first}-${end - 1}/${content.length}`,
		});
		if (this.cutDownloadsAt === undefined || this.#cut.has(url))
			return void response.end(part);
		this.#cut.add(url);
		response.write(part.subarray(0, this.cutDownloadsAt), () =>
			response.destroy(),
		);
	}

	async #enroll(
		request: http.IncomingMessage,
		response: http.ServerResponse,
	): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const { code, publicKey, signature } = enrolRequestSchema.parse(
			JSON.parse(Buffer.concat(chunks).toString("utf8")),
		);
		const good =
			code.startsWith("GOOD") &&
			hasSigned(publicKey, enrolmentText(code), signature);
		response.writeHead(good ? 200 : 410, {
			"content-type": "application/json",
		});
		if (!good)
			return void response.end(
				JSON.stringify({
					detail: "This code has expired or was used already.",
				}),
			);
		const deviceId = randomUUID();
		this.devices.set(deviceId, new DeviceDesk(publicKey));
		response.end(
			JSON.stringify({
				deviceId,
				signingKey: this.signingKey,
				owner: "Ada Owner",
			}),
		);
	}
}

const rawKey = (key: KeyObject) =>
	key
		.export({ format: "der", type: "spki" })
		.subarray(-32)
		.toString("base64url");
