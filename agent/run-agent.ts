import { startAgentLoops } from "./agent-loops.ts";
import {
	type AgentBasis,
	type AgentParts,
	makeAgentParts,
} from "./agent-parts.ts";
import { AgentReactions } from "./agent-reactions.ts";
import type { AgentConfig } from "./control/agent-config.ts";
import { answerControl } from "./control/answer-control.ts";
import type { AgentStatus } from "./control/control-message.ts";
import { startControlServer } from "./control/control-server.ts";
import { describeAgent } from "./control/describe-agent.ts";
import { lockState } from "./control/state-lock.ts";
import { AGENT_VERSION } from "./core/agent-version.ts";
import { pause } from "./core/pause.ts";
import { DockerContainerEngine } from "./engine/docker-container-engine.ts";
import { getIdentity } from "./state/identity.ts";
import { StateFolder } from "./state/state-folder.ts";
import { handBack } from "./tasks/hand-back.ts";

/** Why the agent ended; a `refused` one should not be started again. */
export type AgentEnd =
	| { why: "stopped" }
	| { why: "refused"; sentence: string };

/**
 * Runs the agent until `stop` is aborted or the server refuses for good. On `stop`, what runs is given back first.
 *
 * @param onReady is told how the owner's wish for the device at once is carried out, for a signal
 * @throws AgentError `identity`, `locked` or `engine` when it cannot start
 */
export async function runAgent(
	config: AgentConfig,
	stop: AbortSignal,
	onReady: (yoursNow: () => void) => void = () => {},
): Promise<AgentEnd> {
	const state = new StateFolder(config.stateFolder);
	await state.make();
	const identity = await getIdentity(state);
	const unlock = await lockState(state);
	try {
		const engine = await DockerContainerEngine.connect(
			config.engine,
			identity.deviceId,
		);
		const agent = new Agent({ config, state, identity, engine });
		onReady(() => void agent.reactions.wantedAtOnce(false));
		return await agent.run(stop);
	} finally {
		unlock();
	}
}

/**
 *   prepared ─► all loops run ─► stopping: everything is given back ─► said goodbye ─► all loops have ended
 *
 * A signal, the owner's command to stop and a server that refuses for good lead from the second to the third.
 */
class Agent {
	readonly reactions = new AgentReactions(() => this.#parts);
	readonly #parts: AgentParts;
	/** Asks for the end. */
	readonly #stopping = new AbortController();
	/** Ends every loop. */
	readonly #end = new AbortController();
	#refusal: string | undefined;

	constructor(basis: Omit<AgentBasis, "end" | "isStopping">) {
		const { reactions } = this;
		this.#parts = makeAgentParts(
			{
				...basis,
				end: this.#end.signal,
				isStopping: () => this.#stopping.signal.aborted,
			},
			{
				onWelcome: () => void reactions.welcomed(),
				onList: (list) => reactions.listCame(list),
				onLook: (now, before) => reactions.looked(now, before),
				onGuard: () => void reactions.guardChanged(),
				onFinalRefusal: (sentence) => {
					this.#refusal = sentence;
					this.#stopping.abort();
				},
			},
		);
	}

	async run(stop: AbortSignal): Promise<AgentEnd> {
		const { context, wishes, connection } = this.#parts;
		await wishes.load();
		const closeControl = await this.#listen();
		const begin = () => this.#stopping.abort();
		stop.addEventListener("abort", begin, { once: true });
		if (stop.aborted) begin();
		context.log.info(
			`Agent ${AGENT_VERSION} of "${context.identity.name}" starts.`,
		);
		await this.#prepare();
		connection.open();
		const loops = startAgentLoops(this.#parts, this.#end.signal);
		try {
			await this.#untilStopped();
			await this.#handBack();
			await connection.close();
		} finally {
			this.#end.abort();
			await Promise.all(loops);
			await closeControl();
			stop.removeEventListener("abort", begin);
		}
		context.log.info("Agent stopped.");
		return this.#refusal === undefined
			? { why: "stopped" }
			: { why: "refused", sentence: this.#refusal };
	}

	/** Listens to the owner's commands. */
	#listen(): Promise<() => Promise<void>> {
		const { context, guard } = this.#parts;
		return startControlServer(context.state, (request) =>
			answerControl(request, {
				stop: () => this.#stopping.abort(),
				yoursNow: (images) => this.reactions.wantedAtOnce(images),
				readRules: () => guard.readRules(),
				wish: (said) => this.reactions.wished(said),
				status: () => this.#describe(),
			}),
		);
	}

	/** What the first offer and the first look at the owner need. */
	async #prepare(): Promise<void> {
		const { watch, guard, measurer, context, sampler } = this.#parts;
		await watch.refresh();
		await guard.load();
		await measurer.measure(new Date());
		await context.images.listIds();
		await sampler.sample(new Date());
	}

	async #untilStopped(): Promise<void> {
		while (!this.#stopping.signal.aborted)
			await pause(3_600_000, this.#stopping.signal);
		this.#parts.looks.look();
	}

	async #handBack(): Promise<void> {
		const { context, feed, looks, connection } = this.#parts;
		context.log.info("Giving back what runs.");
		await feed.offer();
		await handBack({
			look: () => looks.look(),
			observed: () => looks.observed,
			connected: () => connection.connected,
		});
	}

	#describe(): AgentStatus {
		const { context, connection, guard, wishes, feed, telemetry } = this.#parts;
		return describeAgent({
			identity: context.identity,
			connected: connection.connected,
			decision: guard.decide(),
			pausedUntil: wishes.wishes.pausedUntil,
			offered: feed.offered,
			latest: telemetry.latest,
			guard: guard.describe(),
			tasks: feed.listProgress(),
			residentBytes: process.memoryUsage.rss(),
		});
	}
}
