import type { AgentConfig } from "./control/agent-config.ts";
import { DutyAverage } from "./core/duty-average.ts";
import type { Observed } from "./core/plan.ts";
import { platformOf } from "./core/platform-of.ts";
import type { Wanted } from "./core/protocol.ts";
import { ServerClock } from "./core/server-clock.ts";
import { currentOffer } from "./current-offer.ts";
import { currentWantedState } from "./current-wanted-state.ts";
import type { ContainerEngine } from "./engine/container-engine.ts";
import { EngineWatch } from "./engine/engine-watch.ts";
import { Images } from "./engine/images.ts";
import { DeviceGuard } from "./guard/device-guard.ts";
import type { GuardContext } from "./guard/guard-context.ts";
import { WishKeeper } from "./guard/wish-keeper.ts";
import { BlobCache } from "./link/blob-cache.ts";
import { Connection } from "./link/connection.ts";
import { RateLimit } from "./link/rate-limit.ts";
import { ServerFeed } from "./link/server-feed.ts";
import { DeviceMeasurer } from "./senses/device-measurer.ts";
import { DeviceSampler } from "./senses/device-sampler.ts";
import { TelemetryLoop } from "./senses/telemetry-loop.ts";
import { GuardRecords } from "./state/guard-records.ts";
import type { Identity } from "./state/identity.ts";
import type { StateFolder } from "./state/state-folder.ts";
import { UnsentTelemetry } from "./state/unsent-telemetry.ts";
import { makeStderrLog } from "./stderr-log.ts";
import { LookLoop } from "./tasks/look-loop.ts";
import type { TaskContext } from "./tasks/task-context.ts";
import { WantedTasks } from "./tasks/wanted-tasks.ts";

/** What an agent is made for. */
export interface AgentBasis {
	config: AgentConfig;
	state: StateFolder;
	identity: Identity;
	engine: ContainerEngine;
	/** Ends every loop. */
	end: AbortSignal;
	/** Whether the agent is giving everything back and takes nothing new. */
	isStopping: () => boolean;
}

/** What happens to an agent that more than one part has to hear of. */
export interface AgentEvents {
	/** The server has let us in. */
	onWelcome(): void;
	/** The server has sent its list. */
	onList(list: Wanted): void;
	/** The server refuses for good. */
	onFinalRefusal(sentence: string): void;
	/** A look was taken at what is on the device. */
	onLook(now: Observed, before: Observed | undefined): void;
	/** Something is to be done or told because of the owner. */
	onGuard(): void;
}

export type AgentParts = ReturnType<typeof makeAgentParts>;

/** Makes the parts of an agent and tells each of the others what it has to know of them. Nothing is begun. */
export function makeAgentParts(basis: AgentBasis, events: AgentEvents) {
	const { config, state, identity, engine } = basis;
	const { limits, dutyFile } = config;
	const { info } = engine;
	const log = makeStderrLog(config.json);
	const clock = new ServerClock();
	const wanted = new WantedTasks();
	const wishes = new WishKeeper(state);
	const average = new DutyAverage();
	const limit = (direction: "downloadKiBps" | "uploadKiBps") =>
		new RateLimit(() => guard.rate(direction));

	const connection = new Connection(identity, log, {
		onWelcome(serverTime) {
			clock.set(serverTime);
			events.onWelcome();
		},
		onLost: () => looks.look(),
		onWanted: events.onList,
		onFinalRefusal: events.onFinalRefusal,
	});
	const context: TaskContext & GuardContext = {
		state,
		identity,
		engine,
		log,
		wanted,
		platform: platformOf(info.architecture),
		images: new Images(state, engine),
		blobs: new BlobCache(state.blobs, limit("downloadKiBps")),
		uploadLimit: limit("uploadKiBps"),
		records: new GuardRecords(state),
		running: new Map(),
		server: connection,
		now: () => clock.now(),
	};
	const watch = new EngineWatch(engine, basis.end, () => {
		guard.wake();
		looks.look();
	});
	const guard: DeviceGuard = new DeviceGuard({
		context,
		dutyFile,
		watch,
		observed: () => looks.observed,
		engineWorks: () => looks.engineWorks,
		wishes: () => ({
			stopping: basis.isStopping(),
			owner: wishes.wishes,
			server: wanted.wishes,
		}),
		onChange: events.onGuard,
		send: async (records) => connection.connected && connection.guard(records),
	});
	const looks: LookLoop = new LookLoop(context, {
		wantedState: () => currentWantedState({ wanted, guard, limits, info }),
		connected: () => connection.connected,
		onLook: events.onLook,
	});
	const sampler = new DeviceSampler(
		state.path,
		engine.usage,
		() => watch.running,
		dutyFile,
	);
	const telemetry = new TelemetryLoop({
		sampler,
		store: new UnsentTelemetry(state.telemetry),
		server: connection,
		average,
		now: context.now,
		watched: () => wanted.isWatched,
		log,
	});
	const feed = new ServerFeed({
		running: context.running,
		connection,
		isFrozen: (id) => engine.freezer.isFrozen(id),
		makeOffer: () =>
			currentOffer({
				limits,
				info,
				guard,
				sampler,
				telemetry,
				average,
				images: context.images,
				now: context.now(),
			}),
	});
	return {
		context,
		wishes,
		connection,
		watch,
		guard,
		looks,
		measurer: new DeviceMeasurer(state, info),
		sampler,
		telemetry,
		feed,
	};
}
