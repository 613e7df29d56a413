import type { AgentConfig } from "./control/agent-config.ts";
import type { AgentStatus, ControlRequest } from "./control/control-message.ts";
import { startControlServer } from "./control/control-server.ts";
import { wishesFor } from "./control/send-owner-command.ts";
import { lockState } from "./control/state-lock.ts";
import { sentenceOf } from "./core/agent-error.ts";
import type { AgentLog } from "./core/agent-log.ts";
import { AGENT_VERSION } from "./core/agent-version.ts";
import { DutyAverage } from "./core/duty-average.ts";
import { decideGuard, type GuardDecision } from "./core/guard/decide-guard.ts";
import { makeOffer } from "./core/make-offer.ts";
import { NO_WISHES } from "./core/owner-wishes.ts";
import { pause } from "./core/pause.ts";
import type { Observed, WantedTask, Wish } from "./core/plan.ts";
import type { Measurements, Wanted } from "./core/protocol.ts";
import { endOfHours } from "./core/rules/week-hours.ts";
import { ServerClock } from "./core/server-clock.ts";
import { CgroupReader, deviceCgroup } from "./engine/cgroups.ts";
import { checkEngine, openEngine } from "./engine/engine.ts";
import { EngineWatch } from "./engine/engine-watch.ts";
import { Freezer } from "./engine/freezer.ts";
import { Images } from "./engine/images.ts";
import { DeviceGuard } from "./guard/device-guard.ts";
import { BlobCache } from "./link/blob-cache.ts";
import { Connection } from "./link/connection.ts";
import { RateLimit } from "./link/rate-limit.ts";
import { ServerFeed } from "./link/server-feed.ts";
import { DeviceSampler } from "./senses/device-sampler.ts";
import {
	cgroupSetting,
	type EngineInfo,
	measureDevice,
	platformOf,
	readEngineInfo,
} from "./senses/measure-device.ts";
import { TelemetryLoop } from "./senses/telemetry-loop.ts";
import { GuardRecords } from "./state/guard-records.ts";
import { getIdentity, type Identity } from "./state/identity.ts";
import { StateFolder } from "./state/state-folder.ts";
import { readWishes, writeWishes } from "./state/stored-wishes.ts";
import { UnsentTelemetry } from "./state/unsent-telemetry.ts";
import { makeStderrLog } from "./stderr-log.ts";
import { LookLoop } from "./tasks/look-loop.ts";
import { sweepLeftovers } from "./tasks/sweep-leftovers.ts";
import type { TaskContext } from "./tasks/task-context.ts";
import { tidyMemory } from "./tidy-memory.ts";

/** How long tasks are given to be handed back when the agent stops. Docker itself kills after ten seconds. */
const HAND_BACK_MS = 8_000;
const SWEEP_EVERY_MS = 3_600_000;
/** What the owner wanted gone and the engine would not let go is tried again. */
const UNFINISHED_EVERY_MS = 10_000;
const MEASURE_EVERY_MS = 86_400_000;

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
		const agent = await Agent.make(config, state, identity);
		onReady(() => void agent.yoursNow(false));
		return await agent.run(stop);
	} finally {
		unlock();
	}
}

/** The wiring: who is told what by whom. Decisions are made elsewhere. */
class Agent {
	readonly #config: AgentConfig;
	readonly #info: EngineInfo;
	readonly #context: TaskContext;
	readonly #connection: Connection;
	readonly #watch: EngineWatch;
	readonly #looks: LookLoop;
	readonly #sampler: DeviceSampler;
	readonly #average = new DutyAverage();
	readonly #clock = new ServerClock();
	readonly #telemetry: TelemetryLoop;
	readonly #feed: ServerFeed;
	readonly #guard: DeviceGuard;
	readonly #log: AgentLog;
	/** Ends every loop. */
	readonly #end = new AbortController();
	#stopping = new AbortController();
	#owner = NO_WISHES;
	#wanted: Wanted | undefined;
	#wantedTasks: ReadonlyMap<string, WantedTask> | undefined;
	#measurements: Measurements | undefined;
	#images: string[] = [];
	#observed: Observed | undefined;
	#refusal: string | undefined;

	static async make(
		config: AgentConfig,
		state: StateFolder,
		identity: Identity,
	): Promise<Agent> {
		const engine = openEngine(config.engine);
		await checkEngine(engine);
		const info = await readEngineInfo(engine);
		return new Agent(config, state, identity, engine, info);
	}

	private constructor(
		config: AgentConfig,
		state: StateFolder,
		identity: Identity,
		engine: TaskContext["engine"],
		info: EngineInfo,
	) {
		this.#config = config;
		this.#info = info;
		this.#log = makeStderrLog(config.json);
		const log = this.#log;
		this.#connection = new Connection(identity, log, {
			onWelcome: (serverTime) => {
				this.#clock.set(serverTime);
				void this.#welcomed();
			},
			onLost: () => this.#looks.look(),
			onWanted: (wanted) => this.#wants(wanted),
			onFinalRefusal: (sentence) => {
				this.#refusal = sentence;
				this.#stopping.abort();
			},
		});
		const setting = cgroupSetting(info);
		const cgroups = new CgroupReader(setting, identity.deviceId);
		this.#context = {
			state,
			identity,
			engine,
			platform: platformOf(info),
			images: new Images(state, engine),
			blobs: new BlobCache(
				state.blobs,
				new RateLimit(() => this.#guard.rate("downloadKiBps")),
			),
			uploadLimit: new RateLimit(() => this.#guard.rate("uploadKiBps")),
			cgroups,
			freezer: new Freezer(engine, cgroups),
			records: new GuardRecords(state),
			running: new Map(),
			findWanted: (taskId) => this.#wantedTasks?.get(taskId),
			finished: new Set(),
			sandbox: {
				user: containerUser(),
				cgroupParent: deviceCgroup(setting, identity.deviceId),
				ioWeight: true,
			},
			server: this.#connection,
			log,
			now: () => this.#clock.now(),
		};
		this.#watch = new EngineWatch(engine, this.#end.signal, () => {
			this.#guard.wake();
			this.#looks.look();
		});
		this.#looks = new LookLoop(this.#context, {
			wish: () => this.#wish(),
			connected: () => this.#connection.connected,
			onLook: (observed) => this.#looked(observed),
		});
		this.#sampler = new DeviceSampler(
			state.path,
			cgroups,
			() => this.#watch.running,
			config.dutyFile,
		);
		this.#telemetry = new TelemetryLoop({
			sampler: this.#sampler,
			store: new UnsentTelemetry(state.telemetry),
			server: this.#connection,
			average: this.#average,
			now: () => this.#clock.now(),
			watched: () => this.#wanted?.watch.samples ?? false,
			log,
		});
		this.#feed = new ServerFeed({
			running: this.#context.running,
			connection: this.#connection,
			makeOffer: () => this.#makeOffer(),
			isFrozen: (id) => this.#context.freezer.isFrozen(id),
		});
		this.#guard = new DeviceGuard({
			context: this.#context,
			info,
			dutyFile: config.dutyFile,
			watch: this.#watch,
			observed: () => this.#observed,
			engineWorks: () => this.#looks.engineWorks,
			decide: () => this.#decide(),
			onChange: () => void this.#guardChanged(),
			send: async (records) =>
				this.#connection.connected && this.#connection.guard(records),
		});
	}

	/** The owner, at the device, wants it at once; afterwards it stays paused. */
	async yoursNow(images: boolean): Promise<void> {
		const taking = this.#guard.takeNow(images);
		this.#owner = { ...NO_WISHES, paused: true };
		await writeWishes(this.#context.state, this.#owner);
		await taking;
		this.#images = await this.#context.images.listIds();
		await this.#guardChanged();
	}

	async run(stop: AbortSignal): Promise<AgentEnd> {
		const { state, identity } = this.#context;
		this.#owner = await readWishes(state);
		const closeControl = await startControlServer(state, (request) =>
			this.#control(request),
		);
		const begin = () => this.#stopping.abort();
		stop.addEventListener("abort", begin, { once: true });
		if (stop.aborted) begin();
		this.#log.info(`Agent ${AGENT_VERSION} of "${identity.name}" starts.`);
		await this.#prepare();
		const loops = this.#startLoops();
		try {
			await this.#untilStopped();
			await this.#handBack();
			await this.#connection.close();
		} finally {
			this.#end.abort();
			await Promise.all(loops);
			await closeControl();
			stop.removeEventListener("abort", begin);
		}
		this.#log.info("Agent stopped.");
		return this.#refusal === undefined
			? { why: "stopped" }
			: { why: "refused", sentence: this.#refusal };
	}

	async #prepare(): Promise<void> {
		const { state, images } = this.#context;
		await this.#watch.refresh();
		await this.#guard.load();
		this.#measurements = await measureDevice(state, this.#info, new Date());
		this.#images = await images.listIds();
		await this.#sampler.sample(new Date());
	}

	#startLoops(): Promise<unknown>[] {
		const { signal } = this.#end;
		this.#connection.open();
		return [
			this.#watch.run(),
			this.#guard.run(signal),
			this.#looks.run(signal),
			this.#telemetry.run(signal),
			this.#feed.run(signal),
			tidyMemory(signal),
			this.#every(SWEEP_EVERY_MS, () => this.#sweep()),
			this.#every(UNFINISHED_EVERY_MS, () => this.#guard.finishYoursNow()),
			this.#every(MEASURE_EVERY_MS, () => this.#measureAgain()),
		];
	}

	/** Now, and then again and again. */
	async #every(ms: number, work: () => Promise<void>): Promise<void> {
		while (!this.#end.signal.aborted) {
			await work().catch((error) => this.#log.warn(sentenceOf(error)));
			await pause(ms, this.#end.signal);
		}
	}

	async #sweep(): Promise<void> {
		await sweepLeftovers(this.#context);
		this.#images = await this.#context.images.listIds();
	}

	/** A new disk, a new engine: looked up daily. The benchmark itself is repeated when a week is over. */
	async #measureAgain(): Promise<void> {
		this.#measurements = await measureDevice(
			this.#context.state,
			this.#info,
			new Date(),
		);
		this.#connection.measurements(this.#measurements);
	}

	async #untilStopped(): Promise<void> {
		while (!this.#stopping.signal.aborted)
			await pause(3_600_000, this.#stopping.signal);
		this.#looks.look();
	}

	/** Waits until everything that ran is reported as returned; what the server does not take now stays on the disk. */
	async #handBack(): Promise<void> {
		this.#log.info("Giving back what runs.");
		await this.#feed.offer();
		const until = Date.now() + HAND_BACK_MS;
		while (Date.now() < until && !this.#isHandedBack()) {
			this.#looks.look();
			await pause(100, this.#end.signal);
		}
	}

	#isHandedBack(): boolean {
		const tasks = [...(this.#observed?.tasks.values() ?? [])];
		// Reports wait for the server; without it they are handed in at the next start.
		const waiting = this.#connection.connected && tasks.length > 0;
		return (
			this.#observed !== undefined &&
			!waiting &&
			tasks.every(({ container, reported }) => reported && !container)
		);
	}

	#decide(): GuardDecision {
		return decideGuard({
			stopping: this.#stopping.signal.aborted,
			owner: this.#owner,
			server: {
				paused: this.#wanted?.paused || this.#guard.isYoursNow,
				draining: this.#wanted?.draining ?? false,
			},
			rules: this.#guard.rules,
			aside: this.#guard.aside,
			now: this.#context.now(),
		});
	}

	async #guardChanged(): Promise<void> {
		this.#looks.look();
		this.#feed.tellProgress();
		await this.#feed.offer();
	}

	#wish(): Wish {
		const { limits } = this.#config;
		const { giveBack, takeNothing } = this.#decide();
		return {
			tasks: this.#wantedTasks && this.#unfinished(this.#wantedTasks),
			giveBack,
			takeNothing,
			endings: this.#guard.listEndings(this.#wantedTasks),
			frozen: this.#guard.aside !== undefined,
			capacity: {
				cores: limits.cores ?? this.#info.NCPU,
				memoryMiB:
					limits.memoryMiB ?? Math.floor(this.#lendableBytes / 2 ** 20),
			},
		};
	}

	/** All of the memory but the part that is always the owner's. */
	get #lendableBytes(): number {
		return this.#info.MemTotal * (1 - this.#guard.rules.memoryHeadroom / 100);
	}

	/** A list that crossed our last report on the wire still has what is done. */
	#unfinished(
		tasks: ReadonlyMap<string, WantedTask>,
	): ReadonlyMap<string, WantedTask> {
		const { finished } = this.#context;
		return new Map([...tasks].filter(([taskId]) => !finished.has(taskId)));
	}

	#wants(wanted: Wanted): void {
		const manifests = new Map(
			wanted.manifests.map((manifest) => [manifest.appVersionId, manifest]),
		);
		this.#wanted = wanted;
		this.#wantedTasks = new Map(
			wanted.assignments.map((assignment) => [
				assignment.taskId,
				{ assignment, manifest: manifests.get(assignment.appVersionId) },
			]),
		);
		this.#feed.watched = wanted.watch.taskIds;
		this.#guard.hear(wanted);
		// A task the server no longer mentions will not come back.
		for (const taskId of this.#context.finished)
			if (!this.#wantedTasks.has(taskId)) this.#context.finished.delete(taskId);
		this.#looks.look();
	}

	async #welcomed(): Promise<void> {
		if (this.#measurements) this.#connection.measurements(this.#measurements);
		await this.#feed.sayEverything();
		this.#looks.serverIsBack();
		await this.#telemetry.handIn();
		await this.#guard.handInRecords();
	}

	#looked(observed: Observed): void {
		const before = this.#observed;
		this.#observed = observed;
		this.#feed.looked(observed);
		const running = (seen: Observed | undefined) =>
			[...(seen?.tasks.values() ?? [])].filter(({ container }) => container)
				.length;
		if (running(before) !== running(observed))
			void this.#containersChanged().catch(() => {}); // it will change again
	}

	async #containersChanged(): Promise<void> {
		await this.#guard.arrange();
		// A task that has begun to run may have brought a new image.
		this.#images = await this.#context.images.listIds();
	}

	async #makeOffer() {
		const { limits } = this.#config;
		const { memory } = this.#sampler;
		const { rules } = this.#guard;
		return makeOffer({
			cpuLimit: rules.cpuLimit,
			memoryHeadroom: rules.memoryHeadroom,
			memoryTotalMiB: this.#info.MemTotal / 2 ** 20,
			until: endOfHours(rules.hours, this.#context.now()),
			limits,
			cores: this.#info.NCPU,
			dutyCpu: this.#average.percent,
			memoryAvailableMiB: (memory?.availableBytes ?? 0) / 2 ** 20,
			memoryOursMiB: (memory?.oursBytes ?? 0) / 2 ** 20,
			diskFreeMiB: this.#telemetry.latest?.diskFreeMiB ?? 0,
			images: this.#images,
			refusal: this.#decide().reason,
		});
	}

	async #control(request: ControlRequest): Promise<AgentStatus> {
		switch (request.command) {
			case "status":
				break;
			case "stop":
				this.#stopping.abort();
				break;
			case "yoursNow":
				await this.yoursNow(request.images);
				break;
			case "rules":
				await this.#guard.readRules();
				break;
			default:
				this.#owner = wishesFor(request);
				await writeWishes(this.#context.state, this.#owner);
				await this.#feed.offer();
				this.#looks.look();
		}
		return this.#status();
	}

	#status(): AgentStatus {
		const { identity } = this.#context;
		const { mode, reason } = this.#decide();
		const { latest } = this.#telemetry;
		const { offered } = this.#feed;
		return {
			running: true,
			deviceId: identity.deviceId,
			name: identity.name,
			owner: identity.owner,
			server: identity.server,
			version: AGENT_VERSION,
			connected: this.#connection.connected,
			mode,
			...(reason === undefined ? {} : { reason }),
			pausedUntil: this.#owner.pausedUntil,
			...(offered ? { offer: offered } : {}),
			...(latest ? { dutyCpu: latest.dutyCpu, oursCpu: latest.oursCpu } : {}),
			residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
			guard: this.#guard.describe(),
			tasks: this.#feed.listProgress(),
		};
	}
}

/** Root inside a container is never what we want; for anyone else the files have to stay theirs. */
function containerUser(): string {
	const uid = process.getuid?.() ?? 0;
	return uid === 0 ? "65532:65532" : `${uid}:${process.getgid?.() ?? uid}`;
}
