import type { BlobStore } from "../storage/blobs/blob-store.ts";
import { threadJob } from "../threads/thread-job.ts";
import type { ThreadLane } from "../threads/thread-lane.ts";
import { ThreadLimitError } from "../threads/thread-limit-error.ts";
import type { NumericComparison } from "./comparison.ts";
import type { OutputSummary } from "./output-summary.ts";
import type { SummaryPair, summariesAgree } from "./summaries-agree.ts";
import type { summariseOutput } from "./summarise-output.ts";

/** A reported task's outputs. */
export interface TaskOutputs {
	taskId: string;
	digest: string;
	outputs: readonly { path: string; sha256: string; bytes: number }[];
}

/** Files above this are compared by their bytes alone: a server with 2 GiB must never be brought down by a result. */
export const LARGEST_NUMERIC_FILE_BYTES = 32 * 1024 * 1024;
/** What is known of files that have been read may take so much; two of the largest fit. */
const MOST_HELD_BYTES = 256 * 1024 * 1024;
/** What reading the files of one task may take in all, in seconds: after that they agree with identical ones only. */
const MOST_SECONDS_A_TASK = 300;

/** Several times what it takes on a slow machine with other work. */
const summarising = threadJob<typeof summariseOutput>(
	new URL("./summarise-output.ts", import.meta.url),
	"summariseOutput",
	({ bytes }) => 5_000 + 2_000 * (bytes.byteLength / 2 ** 20),
);
const comparing = threadJob<typeof summariesAgree>(
	new URL("./summaries-agree.ts", import.meta.url),
	"summariesAgree",
	30_000,
);

/** Which pairs of tasks agree although their bytes differ. */
export class Agreements {
	readonly #pairs = new Map<string, boolean>();

	note(taskId: string, otherTaskId: string, agree: boolean): void {
		this.#pairs.set(pairKey(taskId, otherTaskId), agree);
	}

	/** Whether the pair has been looked at. */
	knows(taskId: string, otherTaskId: string): boolean {
		return (
			taskId === otherTaskId || this.#pairs.has(pairKey(taskId, otherTaskId))
		);
	}

	agree(taskId: string, otherTaskId: string): boolean {
		return (
			taskId === otherTaskId ||
			this.#pairs.get(pairKey(taskId, otherTaskId)) === true
		);
	}
}

const pairKey = (a: string, b: string): string =>
	a < b ? `${a} ${b}` : `${b} ${a}`;

interface OpenPair {
	a: TaskOutputs;
	b: TaskOutputs;
}

/** What comparing needs. */
export interface ComparisonTools {
	blobs: Pick<BlobStore, "read">;
	lane: Pick<ThreadLane, "run">;
	/** Gives up. */
	signal?: AbortSignal;
}

/**
 * Holds every pair of these tasks of one work unit against each other that `agreements` does not know yet, and notes what
 * came out. Each file is read once, in a thread.
 *
 * What must stay true, since all of this comes from strangers: a file that is broken, too large, or takes too long
 * agrees with its identical twin only, and changes nothing for other pairs. What is no fault of a file (a thread that
 * cannot start, a disk that fails) is thrown and decides nothing.
 */
export async function findAgreements(
	tools: ComparisonTools,
	comparison: NumericComparison,
	tasks: readonly TaskOutputs[],
	agreements: Agreements,
): Promise<void> {
	let open: OpenPair[] = [];
	for (const [i, a] of tasks.entries())
		for (const b of tasks.slice(i + 1)) {
			if (agreements.knows(a.taskId, b.taskId)) continue;
			if (a.digest === b.digest) agreements.note(a.taskId, b.taskId, true);
			else if (!haveSamePaths(a, b)) agreements.note(a.taskId, b.taskId, false);
			else open.push({ a, b });
		}
	const spent = new SpentTime();
	const paths = new Set(
		open.flatMap(({ a }) => a.outputs.map(({ path }) => path)),
	);
	for (const path of paths) {
		const agree = await comparePath(tools, comparison, open, path, spent);
		for (const pair of open)
			if (!agree.has(pair))
				agreements.note(pair.a.taskId, pair.b.taskId, false);
		open = open.filter((pair) => agree.has(pair));
	}
	for (const { a, b } of open) agreements.note(a.taskId, b.taskId, true);
}

function haveSamePaths(a: TaskOutputs, b: TaskOutputs): boolean {
	const paths = new Set(a.outputs.map(({ path }) => path));
	return (
		a.outputs.length === b.outputs.length &&
		b.outputs.every(({ path }) => paths.has(path))
	);
}

const outputAt = ({ outputs }: TaskOutputs, path: string) =>
	outputs.find((output) => output.path === path);

/** Those of the pairs whose files at one path agree, or that have none there. */
async function comparePath(
	tools: ComparisonTools,
	{ format, ...tolerance }: NumericComparison,
	pairs: readonly OpenPair[],
	path: string,
	spent: SpentTime,
): Promise<Set<OpenPair>> {
	const reader = new SummaryReader(tools, format, spent);
	const agree = new Set<OpenPair>();
	for (const pair of pairs) {
		const [x, y] = [outputAt(pair.a, path), outputAt(pair.b, path)];
		if (x?.sha256 === y?.sha256) agree.add(pair);
		if (!x || !y || agree.has(pair)) continue;
		if (Math.max(x.bytes, y.bytes) > LARGEST_NUMERIC_FILE_BYTES) continue;
		const a = await reader.read(pair.a.taskId, x);
		const b = a && (await reader.read(pair.b.taskId, y, a));
		if (!a || !b || a.structure !== b.structure) continue;
		if (await reader.compare({ a, b, tolerance })) agree.add(pair);
	}
	return agree;
}

/** How long the files of each task have been read for. */
class SpentTime {
	readonly #seconds = new Map<string, number>();

	add(taskId: string, milliseconds: number): void {
		this.#seconds.set(
			taskId,
			(this.#seconds.get(taskId) ?? 0) + milliseconds / 1000,
		);
	}

	isUsedUp(taskId: string): boolean {
		return (this.#seconds.get(taskId) ?? 0) > MOST_SECONDS_A_TASK;
	}
}

/** Reads the files of one path, each once as long as there is room to hold what it found. */
class SummaryReader {
	readonly #tools: ComparisonTools;
	readonly #format: NumericComparison["format"];
	readonly #spent: SpentTime;
	readonly #held = new Map<string, OutputSummary | null>();

	constructor(
		tools: ComparisonTools,
		format: NumericComparison["format"],
		spent: SpentTime,
	) {
		this.#tools = tools;
		this.#format = format;
		this.#spent = spent;
	}

	/**
	 * Null: it agrees with its twin only.
	 * @param taskId whose file it is, and whose time it takes
	 * @param beside must stay in memory whatever is read
	 */
	async read(
		taskId: string,
		file: { sha256: string; bytes: number },
		beside?: OutputSummary,
	): Promise<OutputSummary | null> {
		const held = this.#held.get(file.sha256);
		if (held !== undefined) return held;
		if (this.#spent.isUsedUp(taskId)) return null;
		// From when it has a thread: how long others keep it waiting is not its fault.
		let begun = performance.now();
		const { blobs, lane, signal } = this.#tools;
		const makeInput = async () => {
			begun = performance.now();
			return {
				bytes: await readWhole(blobs, file),
				format: this.#format,
			};
		};
		const summary = await lane
			.run(summarising, makeInput, {
				...(signal && { signal }),
				transferOf: ({ bytes }) => [bytes.buffer],
			})
			.catch(beyond);
		this.#spent.add(taskId, performance.now() - begun);
		this.#makeRoom(summary, beside);
		this.#held.set(file.sha256, summary ?? null);
		return summary ?? null;
	}

	/** Whether two files say the same; false also when that took too long to find out. */
	async compare(pair: SummaryPair): Promise<boolean> {
		const { lane, signal } = this.#tools;
		const agree = await lane
			.run(comparing, () => pair, { ...(signal && { signal }) })
			.catch(beyond);
		return agree === true;
	}

	#makeRoom(
		summary: OutputSummary | null | undefined,
		beside: OutputSummary | undefined,
	): void {
		let bytes = sizeOf(summary);
		for (const held of this.#held.values()) bytes += sizeOf(held);
		for (const [sha256, held] of this.#held) {
			if (bytes <= MOST_HELD_BYTES) break;
			if (held === null || held === beside) continue;
			this.#held.delete(sha256);
			bytes -= sizeOf(held);
		}
	}
}

const sizeOf = (summary: OutputSummary | null | undefined): number =>
	summary?.numbers.byteLength ?? 0;

/** A file that is beyond a thread's limits decides its own fate and nobody else's. */
function beyond(error: unknown): undefined {
	if (!(error instanceof ThreadLimitError)) throw error;
}

/** Into memory of exactly its size, which is then handed over. */
async function readWhole(
	blobs: ComparisonTools["blobs"],
	{ sha256, bytes }: { sha256: string; bytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
	const whole = new Uint8Array(bytes);
	let at = 0;
	for await (const chunk of await blobs.read(sha256)) {
		whole.set(chunk as Buffer, at);
		at += (chunk as Buffer).length;
	}
	if (at !== bytes)
		throw new Error(`The blob ${sha256} is not as long as its output says.`);
	return whole;
}
