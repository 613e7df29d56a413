import { io, type Socket } from "socket.io-client";
import type { z } from "zod";
import type { AgentLog } from "../core/agent-log.ts";
import { AGENT_VERSION } from "../core/agent-version.ts";
import {
	AGENT_NAMESPACE,
	type AgentToServerEvents,
	authenticateAnswerSchema,
	challengeSchema,
	challengeText,
	type GuardRecord,
	guardAnswerSchema,
	type Log,
	type Measurements,
	type Offer,
	PROTOCOL_VERSION,
	type Progress,
	type Report,
	type ReportAnswer,
	reportAnswerSchema,
	type Sample,
	type ServerToAgentEvents,
	type Telemetry,
	telemetryAnswerSchema,
	type Wanted,
	wantedSchema,
} from "../core/protocol.ts";
import { ServerAway } from "../core/step-failure.ts";
import { signText } from "../state/device-key.ts";
import type { Identity } from "../state/identity.ts";

const ANSWER_MS = 60_000;
const GOODBYE_MS = 3_000;
/** After these the agent stops for good. */
const FINAL = new Set(["deviceRetired", "deviceUnknown"]);

export interface ConnectionEvents {
	/** The server knows who we are; everything it should know is to be said now. */
	onWelcome(serverTime: string): void;
	onLost(): void;
	onWanted(wanted: Wanted): void;
	/** It refuses for good. */
	onFinalRefusal(sentence: string): void;
}

/**
 * The one outbound connection. It is tried again for ever, with pauses that grow and differ from device to device, so
 * that ten thousand of them do not come back in the same second.
 *
 *   away ── connect ──► connected ── challenge, authenticate ──► welcome
 *     ▲                     │ refused: pause                        │
 *     └─────────────────────┴───────────────── lost ◄───────────────┘
 */
export class Connection {
	readonly #identity: Identity;
	readonly #log: AgentLog;
	readonly #events: ConnectionEvents;
	readonly #socket: Socket<ServerToAgentEvents, AgentToServerEvents>;
	#welcome = false;
	#revision = -1;
	#retry: NodeJS.Timeout | undefined;

	constructor(identity: Identity, log: AgentLog, events: ConnectionEvents) {
		this.#identity = identity;
		this.#log = log;
		this.#events = events;
		this.#socket = io(new URL(AGENT_NAMESPACE, identity.server).href, {
			autoConnect: false,
			// Polling only where a proxy does not let WebSockets through.
			transports: ["websocket", "polling"],
			tryAllTransports: true,
			reconnectionDelay: 1_000,
			reconnectionDelayMax: 30_000,
			randomizationFactor: 0.5,
			timeout: 20_000,
		});
		this.#listen();
	}

	/** The server has let us in on the connection that stands now. */
	get connected(): boolean {
		return this.#welcome;
	}

	open(): void {
		this.#socket.connect();
	}

	/** Says goodbye when it can, and ends the connection. */
	async close(): Promise<void> {
		if (this.#welcome)
			await this.#socket
				.timeout(GOODBYE_MS)
				.emitWithAck("goodbye")
				.catch(() => {}); // it notices by itself
		this.#welcome = false;
		this.#socket.disconnect();
		// Last: a server that answers our goodbye by hanging up has just made us want to come back.
		clearTimeout(this.#retry);
	}

	async report(report: Report): Promise<ReportAnswer> {
		return this.#ask(reportAnswerSchema, () =>
			this.#socket.timeout(ANSWER_MS).emitWithAck("report", report),
		);
	}

	async telemetry(telemetry: Telemetry): Promise<boolean> {
		const answer = await this.#ask(telemetryAnswerSchema, () =>
			this.#socket.timeout(ANSWER_MS).emitWithAck("telemetry", telemetry),
		);
		return answer.ok;
	}

	/** True when the server has them for good. */
	async guard(records: GuardRecord[]): Promise<boolean> {
		const answer = await this.#ask(guardAnswerSchema, () =>
			this.#socket.timeout(ANSWER_MS).emitWithAck("guard", { records }),
		);
		return answer.ok;
	}

	look(): void {
		if (this.#welcome) this.#socket.emit("look");
	}
	measurements(message: Measurements): void {
		if (this.#welcome) this.#socket.emit("measurements", message);
	}
	offer(message: Offer): void {
		if (this.#welcome) this.#socket.emit("offer", message);
	}
	progress(message: Progress): void {
		if (this.#welcome) this.#socket.emit("progress", message);
	}
	/** What cannot be sent at once is dropped: the next one says more. */
	logText(message: Log): void {
		if (this.#welcome) this.#socket.volatile.emit("log", message);
	}
	sample(message: Sample): void {
		if (this.#welcome) this.#socket.volatile.emit("sample", message);
	}

	async #ask<S extends z.ZodType>(
		schema: S,
		ask: () => Promise<unknown>,
	): Promise<z.output<S>> {
		if (!this.#welcome) throw new ServerAway("The server is away.");
		const answer = await ask().catch(() => {
			throw new ServerAway("The server did not answer.");
		});
		const parsed = schema.safeParse(answer);
		if (!parsed.success)
			throw new Error("The server gave an answer that is not in the protocol.");
		return parsed.data;
	}

	#listen(): void {
		this.#socket.on("challenge", (message) => void this.#authenticate(message));
		this.#socket.on("wanted", (message) => this.#wanted(message));
		this.#socket.on("disconnect", (reason) => {
			this.#lost();
			// The library leaves this one to us: the server ended it.
			if (reason === "io server disconnect") this.#reconnectLater();
		});
		let told = false;
		this.#socket.on("connect_error", (error) => {
			if (!told)
				this.#log.warn(
					`The server does not answer (${error.message}). Trying on; work goes on meanwhile.`,
				);
			told = true;
			// A namespace that refuses (the server is starting, say) is not tried again by the library.
			if (!this.#socket.active) this.#reconnectLater();
		});
		this.#socket.on("connect", () => {
			told = false;
			this.#revision = -1;
		});
	}

	async #authenticate(message: unknown): Promise<void> {
		const challenge = challengeSchema.safeParse(message);
		if (!challenge.success) return;
		const { deviceId, privateKey } = this.#identity;
		const answer = await this.#socket
			.timeout(ANSWER_MS)
			.emitWithAck("authenticate", {
				deviceId,
				signature: signText(
					privateKey,
					challengeText(deviceId, challenge.data.nonce),
				),
				protocol: PROTOCOL_VERSION,
				agentVersion: AGENT_VERSION,
			})
			.then(
				(value: unknown) => authenticateAnswerSchema.safeParse(value).data,
				() => undefined,
			);
		if (answer?.ok) {
			this.#welcome = true;
			this.#log.info(`Connected to ${this.#identity.server}.`);
			return this.#events.onWelcome(answer.serverTime);
		}
		const sentence = answer?.message ?? "The server did not let us in.";
		if (answer && FINAL.has(answer.code))
			return this.#events.onFinalRefusal(sentence);
		this.#log.warn(sentence);
		this.#socket.disconnect();
		this.#reconnectLater();
	}

	#wanted(message: unknown): void {
		const wanted = wantedSchema.safeParse(message);
		if (!wanted.success) {
			this.#log.warn(
				"The server sent a list that is not in the protocol; passed over.",
			);
			return;
		}
		if (wanted.data.revision <= this.#revision) return;
		this.#revision = wanted.data.revision;
		this.#events.onWanted(wanted.data);
	}

	#lost(): void {
		if (!this.#welcome) return;
		this.#welcome = false;
		this.#log.warn("The connection is lost. Work goes on.");
		this.#events.onLost();
	}

	#reconnectLater(): void {
		clearTimeout(this.#retry);
		this.#retry = setTimeout(
			() => this.#socket.connect(),
			2_000 + Math.random() * 8_000,
		);
	}
}
