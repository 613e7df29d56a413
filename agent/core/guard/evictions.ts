import type { Ending } from "../plan.ts";
import type { GuardReason } from "../protocol.ts";

/** Why a task leaves the device, as the owner reads it. */
export interface EvictionReason {
	reason: GuardReason;
	detail: string;
}

/** A task that leaves because of the owner. */
export interface Eviction extends EvictionReason {
	/** When it showed that it must, on a clock that never jumps. */
	sinceMs: number;
	/** Its container when it had to leave; undefined when it had none. */
	containerId: string | undefined;
}

/** How a task is ended that leaves because of the owner; it costs nobody anything. */
export const evictionEnding = (
	{ reason, detail }: EvictionReason,
	{ askForCheckpoint = false } = {},
): Ending => ({
	outcome: "returned",
	errorCode: "ownerNeedsDevice",
	errorDetail: detail,
	guardReason: reason,
	...(askForCheckpoint ? { askForCheckpoint } : {}),
});

/** Those that are gone: of a task that leaves, its container is what is in the owner's way. Pure. */
export const listGone = (
	leaving: ReadonlyMap<string, Eviction>,
	runningContainers: ReadonlySet<string>,
): [taskId: string, eviction: Eviction][] =>
	[...leaving].filter(
		([, { containerId }]) =>
			containerId === undefined || !runningContainers.has(containerId),
	);

/** The endings that somebody still has to carry out: of tasks that are here, or on their way out. Pure. */
export const endingsInUse = (
	endings: ReadonlyMap<string, Ending>,
	here: { has(taskId: string): boolean },
	leaving: { has(taskId: string): boolean },
): ReadonlyMap<string, Ending> =>
	new Map(
		[...endings].filter(([taskId]) => here.has(taskId) || leaving.has(taskId)),
	);
