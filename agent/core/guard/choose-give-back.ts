/** A task and the memory it holds. */
export interface MemoryHolder {
	taskId: string;
	bytes: number;
}

export interface MemorySigns {
	totalBytes: number;
	availableBytes: number;
	/** Percent of the last second in which some program waited for memory. */
	stallPercent: number;
}

/** Freed beyond what is missing, so that the next page does not begin it anew. */
const MORE = 1.25;
const STALL_PERCENT = 10;
/** Waiting for memory is the owner's only while little is left: with plenty, a task waits within its own limit. */
const LITTLE = 2;
const LITTLE_PERCENT = 15;

/** Why memory is wanted back. */
export interface MemoryNeed {
	reason: "memory" | "memoryPressure";
	detail: string;
	bytes: number;
}

/** How much memory the owner lacks; undefined when there is enough. Pure. */
export function needMemory(
	signs: MemorySigns,
	headroomPercent: number,
): MemoryNeed | undefined {
	const { totalBytes, availableBytes, stallPercent } = signs;
	const headroom = (totalBytes * headroomPercent) / 100;
	const free = Math.round((100 * availableBytes) / totalBytes);
	if (availableBytes < headroom)
		return {
			reason: "memory",
			detail: `${free} % of the memory is free; ${headroomPercent} % is yours.`,
			bytes: (headroom - availableBytes) * MORE,
		};
	const little = Math.max(
		headroom * LITTLE,
		(totalBytes * LITTLE_PERCENT) / 100,
	);
	if (stallPercent >= STALL_PERCENT && availableBytes < little)
		return {
			reason: "memoryPressure",
			detail: `Programs wait for memory ${Math.round(stallPercent)} % of the time.`,
			bytes: little - availableBytes,
		};
	return undefined;
}

/** Which tasks are given back for so many bytes: the biggest first, until it is enough; one at the least. Pure. */
export function chooseGiveBack(
	holders: readonly MemoryHolder[],
	bytes: number,
): string[] {
	const chosen: string[] = [];
	let freed = 0;
	for (const { taskId, bytes: held } of holders.toSorted(
		(a, b) => b.bytes - a.bytes || (a.taskId < b.taskId ? -1 : 1),
	)) {
		if (freed >= bytes) break;
		chosen.push(taskId);
		freed += held;
	}
	return chosen;
}
