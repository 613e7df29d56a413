import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { AppError } from "../errors.ts";
import type { ThreadJob } from "./thread-job.ts";
import { ThreadLimitError } from "./thread-limit-error.ts";

const RUN_JOB = fileURLToPath(new URL("./run-job.mjs", import.meta.url));

export interface LaneOptions {
	/** How many jobs run at once. */
	threads: number;
	/** What the objects of one thread may take. Typed arrays and buffers do not count. */
	memoryMiB: number;
	/** More than this do not wait for a thread: whoever comes then is refused. */
	mostWaiting: number;
	/** A thread that had nothing to do for so long is ended. */
	idleMs: number;
	/** How much further back than the rest of the process its threads stand when processor time is short, 0 to 19. */
	nice: number;
}

export interface RunOptions<Input> {
	/** Gives up: the thread is ended and the promise rejected with the signal's reason. */
	signal?: AbortSignal;
	/** What of the input is handed over and not copied: the sender has it no more. */
	transferOf?: (input: Input) => ArrayBuffer[];
}

/**
 * Threads for one kind of work. Jobs are begun in the order they came in, and each has its thread for itself:
 *
 *   waiting ──► running ──► done | failed
 *      │           ├── over its time or memory, or given up ──► its thread ended, the next job gets a new one
 *      └───────────┴── lane closed ──► rejected
 *
 * What must stay true: a job that goes wrong, however badly, is one rejected promise. No job waits without having made
 * its sender wait, and a waiting job holds no input yet (see `run`).
 */
export class ThreadLane {
	readonly #piscina: Piscina;
	readonly #mostWaiting: number;
	readonly #closing = new AbortController();
	#free: number;
	readonly #waiting: (() => void)[] = [];
	readonly #running = new Set<Promise<unknown>>();

	constructor({ threads, memoryMiB, mostWaiting, idleMs, nice }: LaneOptions) {
		this.#free = threads;
		this.#mostWaiting = mostWaiting;
		this.#piscina = new Piscina({
			filename: RUN_JOB,
			minThreads: 0,
			maxThreads: threads,
			idleTimeout: idleMs,
			resourceLimits: { maxOldGenerationSizeMb: memoryMiB },
			niceIncrement: nice,
			recordTiming: false,
		});
		// A thread that fails while it has nothing to do harms nobody: the next job gets another one.
		this.#piscina.on("error", () => {});
	}

	/**
	 * @param makeInput called when its turn has come, so that what waits takes no memory
	 * @throws ThreadLimitError, AppError unavailable when too many wait already, the signal's reason, or what the job threw
	 */
	async run<Input, Output>(
		job: ThreadJob<Input, Output>,
		makeInput: () => Promise<Input> | Input,
		options: RunOptions<Input> = {},
	): Promise<Output> {
		this.#closing.signal.throwIfAborted();
		await this.#turn();
		const work = this.#runNow(job, makeInput, options);
		this.#running.add(work);
		try {
			return await work;
		} finally {
			this.#running.delete(work);
			const next = this.#waiting.shift();
			if (next) next();
			else this.#free++;
		}
	}

	/** Ends what runs and rejects what waits; resolves when no thread is left. */
	async close(): Promise<void> {
		this.#closing.abort(new Error("The server stops."));
		for (const next of this.#waiting.splice(0)) next();
		await Promise.allSettled(this.#running);
		await this.#piscina.destroy();
	}

	async #turn(): Promise<void> {
		if (this.#free > 0) {
			this.#free--;
			return;
		}
		if (this.#waiting.length >= this.#mostWaiting)
			throw new AppError(
				"unavailable",
				"The server has too much to compute at the moment. Try again in a minute.",
			);
		await new Promise<void>((resolve) => this.#waiting.push(resolve));
	}

	async #runNow<Input, Output>(
		{ module, name, timeoutMs }: ThreadJob<Input, Output>,
		makeInput: () => Promise<Input> | Input,
		{ signal, transferOf }: RunOptions<Input>,
	): Promise<Output> {
		this.#closing.signal.throwIfAborted();
		signal?.throwIfAborted();
		const input = await makeInput();
		const timeout = AbortSignal.timeout(Math.ceil(timeoutMs(input)));
		const end = AbortSignal.any([
			timeout,
			this.#closing.signal,
			...(signal ? [signal] : []),
		]);
		try {
			return await this.#piscina.run(
				{ module, name, input },
				{ signal: end, transferList: transferOf?.(input) ?? [] },
			);
		} catch (error) {
			if (timeout.aborted) throw new ThreadLimitError("time", name);
			if (end.aborted) throw end.reason;
			if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY")
				throw new ThreadLimitError("memory", name);
			throw error;
		}
	}
}
