import { generateKeyPairSync, sign } from "node:crypto";
import { io, type Socket } from "socket.io-client";
import {
	AGENT_NAMESPACE,
	type AgentToServerEvents,
	type Assignment,
	challengeText,
	type Offer,
	PROTOCOL_VERSION,
	type Report,
	type ReportAnswer,
	type ServerToAgentEvents,
	type Wanted,
} from "../../agent/core/protocol.ts";
import type { Db } from "../../server/database/db.ts";
import { countedOwner } from "../../server/devices/counted-owner.ts";
import { aDevice, aDeviceWithoutAccount, aReport } from "./factories.ts";

/** What a device does with an assignment: the text of its result, or a whole report. */
export type Behaviour = (
	assignment: Assignment,
) => string | Report | Promise<string | Report> | undefined;

/**
 * A device without containers: it speaks the agent's protocol over a real socket with a real key, and answers each
 * assignment at once as its script says. It is not an agent; those are tested on a real engine.
 */
export class ScriptedDevice {
	readonly id: string;
	/** Its own id while it has no account. */
	readonly ownerId: string;
	readonly socket: Socket<ServerToAgentEvents, AgentToServerEvents>;
	readonly reported: { report: Report; answer: ReportAnswer }[] = [];
	wanted: Wanted | undefined;
	#seen = new Set<string>();
	readonly #onAnswer: (ms: number) => void;

	private constructor(
		url: string,
		device: { id: string; ownerId: string | null },
		privateKey: Parameters<typeof sign>[2],
		behaviour: Behaviour,
		offer: Offer,
		onAnswer: (ms: number) => void,
	) {
		this.#onAnswer = onAnswer;
		this.id = device.id;
		this.ownerId = countedOwner(device.id, device.ownerId);
		this.socket = io(`${url}${AGENT_NAMESPACE}`, {
			transports: ["websocket"],
			forceNew: true,
			reconnectionDelay: 50,
		});
		this.socket.on("challenge", ({ nonce }) => {
			const signature = sign(
				null,
				Buffer.from(challengeText(device.id, nonce)),
				privateKey,
			).toString("base64url");
			this.socket.emit(
				"authenticate",
				{
					deviceId: device.id,
					signature,
					protocol: PROTOCOL_VERSION,
					agentVersion: "test",
				},
				(answer) => {
					if (answer.ok) this.socket.emit("offer", offer);
				},
			);
		});
		this.socket.on("wanted", (wanted) => {
			this.wanted = wanted;
			for (const assignment of wanted.assignments)
				void this.#work(assignment, behaviour);
		});
	}

	static async connect(
		db: Db,
		url: string,
		behaviour: Behaviour,
		options: {
			/** Null: it has no account. */
			ownerId?: string | null;
			/** Its platform; linux/amd64 if nothing is said. */
			architecture?: string;
			offer?: Partial<Offer>;
			/** Is told how long each report waited for its answer. */
			onAnswer?: (ms: number) => void;
		} = {},
	): Promise<ScriptedDevice> {
		const { publicKey, privateKey } = generateKeyPairSync("ed25519");
		const raw = publicKey
			.export({ format: "der", type: "spki" })
			.subarray(-32)
			.toString("base64url");
		const { ownerId, architecture } = options;
		const fields = {
			publicKey: raw,
			state: "pending" as const,
			...(architecture && { architecture }),
		};
		const device =
			ownerId === null
				? await aDeviceWithoutAccount(db, fields)
				: await aDevice(db, { ...fields, ...(ownerId && { ownerId }) });
		const offer: Offer = {
			cores: 4,
			memoryMiB: 4096,
			diskMiB: 8192,
			images: [],
			until: null,
			accepting: true,
			cpuLimit: 30,
			...options.offer,
		};
		return new ScriptedDevice(
			url,
			device,
			privateKey,
			behaviour,
			offer,
			options.onAnswer ?? (() => undefined),
		);
	}

	async #work(assignment: Assignment, behaviour: Behaviour): Promise<void> {
		if (this.#seen.has(assignment.taskId)) return;
		this.#seen.add(assignment.taskId);
		const result = await behaviour(assignment);
		if (result === undefined) return;
		const report =
			typeof result === "string" ? aReport(assignment.taskId, result) : result;
		// A device that was closed meanwhile has nobody to report to.
		await this.report(report).catch((error: unknown) => {
			if (this.socket.active) throw error;
		});
	}

	/** Reports until the server answers, as an agent does. */
	async report(report: Report): Promise<ReportAnswer> {
		const begun = performance.now();
		for (;;) {
			try {
				const answer: ReportAnswer = await this.socket
					.timeout(2_000)
					.emitWithAck("report", report);
				this.#onAnswer(performance.now() - begun);
				this.reported.push({ report, answer });
				return answer;
			} catch (error) {
				if (!this.socket.active) throw error;
			}
		}
	}

	close(): void {
		this.socket.disconnect();
	}
}
