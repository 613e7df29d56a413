import type { Manifest } from "../core/protocol.ts";

/**
 * What the agent asks of whatever runs its tasks, in our words. Docker's engine is behind it today; another runtime
 * (containerd, a browser's Workers) stands beside it by doing what is promised here.
 *
 * An engine is one device's view: it makes and removes only what carries this device's label. That something is gone
 * already, or is being removed at this very moment, is never an error: whoever asks looks again anyway.
 */
export interface ContainerEngine {
	readonly info: EngineInfo;
	readonly freezer: Freezer;
	readonly usage: UsageCounters;

	// ── Containers ───────────────────────────────────────────────────────────────────────────────

	/** Containers of this device, running or not, of one task or of all; never another agent's on the same engine. */
	listOwn(taskId?: string): Promise<OwnContainer[]>;
	/** Running containers with our label, whichever agent on this engine started them. */
	listRunning(): Promise<RunningContainer[]>;
	/** Names of the running containers that are none of ours. */
	listOwnersNames(): Promise<string[]>;
	/** How one stands or has ended; undefined when it is gone. */
	inspect(id: string): Promise<ContainerDetails | undefined>;
	/**
	 * Makes a container in the sandbox and starts it.
	 * @throws TaskFailure `engineError` when the engine has understood and cannot, however often it is tried
	 */
	start(wanted: WantedContainer): Promise<void>;
	/** Resolves when it has ended, or is gone. */
	untilEnded(id: string, signal?: AbortSignal): Promise<void>;
	/** Sends a signal that the program may catch. */
	signal(id: string, name: "SIGUSR1"): Promise<void>;
	/** Ends it at once, frozen or not. */
	kill(id: string): Promise<void>;
	/** Ends it at once, frozen or not, and removes it with everything that it alone had. */
	remove(id: string): Promise<void>;
	/** Has the engine itself stop one where it stands, which takes longer than the freezer, and lets it go on. */
	pause(id: string): Promise<void>;
	unpause(id: string): Promise<void>;
	/** Its output from the beginning; with `follow` until it ends. */
	readLogs(
		id: string,
		options: { follow: boolean; signal?: AbortSignal },
		write: (stream: "stdout" | "stderr", chunk: Buffer) => void,
	): Promise<void>;
	/** Calls back after each change among the containers with our label, until the signal or until it is cut off. */
	followChanges(
		onChange: () => Promise<void>,
		signal: AbortSignal,
	): Promise<void>;

	// ── Images ───────────────────────────────────────────────────────────────────────────────────

	hasImage(id: string): Promise<boolean>;
	/**
	 * Loads an archive without the names that are in it.
	 * @returns the ids, on this engine, of the images that are there now because of it
	 */
	loadImage(archivePath: string, signal: AbortSignal): Promise<string[]>;
	/** Gives an image a name of ours, so that it is not taken for rubbish. */
	nameImage(id: string, appVersionId: string): Promise<void>;
	/** Takes our names off an image, and removes it if nobody else uses it or has named it. */
	removeImage(id: string): Promise<void>;
	/** Removes storage of this device's containers that are gone. */
	sweepVolumes(): Promise<void>;

	// ── Everything of ours together ──────────────────────────────────────────────────────────────

	/**
	 * Gives everything of ours the lowest weights there are against the owner's programs. `later`: that can only be
	 * said once a container runs; `denied`: this agent may not.
	 */
	lowerWeights(): Promise<"lowered" | "later" | "denied">;
	/** Holds everything of this device together to so much memory; does nothing where that cannot be set (yet). */
	limitMemory(bytes: number): Promise<void>;
	/** Leaves nothing of this device behind that is no container, image or volume. */
	leave(): Promise<void>;
}

export interface EngineInfo {
	/** For the portal, such as `Docker 20.10.24, overlay2, cgroup v1`. */
	description: string;
	/** As the machine's kernel calls it, such as x86_64. */
	architecture: string;
	cores: number;
	memoryBytes: number;
	operatingSystem: string;
}

export interface RunningContainer {
	id: string;
	/** Undefined where a label is missing. */
	deviceId: string | undefined;
	taskId: string | undefined;
}

export interface OwnContainer {
	id: string;
	/** Undefined where its label is missing. */
	taskId: string | undefined;
	state: "created" | "running" | "paused" | "exited";
}

export interface ContainerDetails {
	exitCode: number;
	/** The kernel killed something in it because the memory limit was reached. */
	memoryKilled: boolean;
	/** What the engine says about why it could not run; empty when it could. */
	error: string;
	/** Unix milliseconds by the machine's clock; undefined for never. */
	startedAt: number | undefined;
	finishedAt: number | undefined;
	/** So many cores it may use. */
	cores: number;
}

/** What a task's container is made from. The sandbox around it is the engine's own affair and the same for all. */
export interface WantedContainer {
	taskId: string;
	workUnitId: string;
	manifest: Manifest;
	/** The id of the image on this engine. */
	engineImageId: string;
	command: readonly string[];
	/** Host folders for /input, /output and /checkpoint. */
	inputFolder: string;
	outputFolder: string;
	checkpointFolder: string;
}

/**
 * Stops this device's containers where they stand, and lets them go on. A frozen program sees nothing but that time
 * has passed; the engine does not know: to it the container runs.
 */
export interface Freezer {
	/** Whether it takes microseconds, and not the time of a call to the engine. */
	readonly isDirect: boolean;
	isFrozen(id: string): boolean;
	/**
	 * Freezes these and waits until they stand still; those that are on their way out stay as they are.
	 * @returns those that were not frozen before and are now
	 */
	freeze(ids: readonly string[]): Promise<string[]>;
	/** Lets all that are frozen go on. */
	thawAll(): Promise<void>;
	/** Thaws one with a small part of a core for what it still has to do before it is ended, and keeps it thawed. */
	letSpeak<T>(id: string, work: () => Promise<T>): Promise<T>;
	/** Takes over what an earlier process of this agent has left frozen, and answers what that is. */
	adopt(ids: readonly string[]): Promise<string[]>;
	/** Forgets containers that are gone. */
	keepOnly(ids: ReadonlySet<string>): void;
}

/** What our containers have used, by counters that only rise. Read without asking the engine. */
export interface UsageCounters {
	/** CPU seconds of one running container; undefined when it cannot be found. */
	cpuSeconds(id: string): Promise<number | undefined>;
	/** Without what the kernel would give back at once. */
	memoryBytes(id: string): Promise<number | undefined>;
	/** Of everything of ours on this machine, whoever's agent started it and those that have ended included. */
	totalCpuSeconds(): Promise<number | undefined>;
	totalMemoryBytes(): Promise<number | undefined>;
	/** `written` is undefined where it is not known whose a write was that the kernel had put off. */
	totalDiskBytes(): Promise<{ read: number; written: number | undefined }>;
	/** Whether the totals hold this container's already. */
	isInTotal(id: string): Promise<boolean>;
	/** Forgets where containers that are gone had been. */
	keepOnly(ids: ReadonlySet<string>): void;
	/** The same as totalCpuSeconds, at once and cheap enough for ten times a second; 0 where nothing has run. */
	totalCpuSecondsNow(): number;
	/** CPU seconds of the whole machine, where it is counted as finely as ours are. */
	machineCpuSecondsNow(): number | undefined;
}
