import { fitLine } from "./progress-text.ts";

/** A stream as far as a command needs it. */
export interface TextStream {
	write(text: string): unknown;
	isTTY?: boolean;
	columns?: number;
}

const PLAIN_INTERVAL_MS = 10_000;

/**
 * Where a command speaks. Results go to standard output, what happens meanwhile to standard error. With `json`, standard
 * output gets one JSON value at the end and nothing else, and nothing is said meanwhile.
 */
export class Terminal {
	readonly json: boolean;
	readonly #out: TextStream;
	readonly #err: TextStream;
	readonly #now: () => number;
	/** A progress line stands at the bottom of the terminal. */
	#line = "";
	#saidAt = Number.NEGATIVE_INFINITY;

	constructor(
		{ out, err }: { out: TextStream; err: TextStream },
		json: boolean,
		now: () => number = Date.now,
	) {
		this.#out = out;
		this.#err = err;
		this.json = json;
		this.#now = now;
	}

	/** The result: `value` as JSON, or `text` for people. */
	result(value: unknown, text: string): void {
		this.clearProgress();
		this.#out.write(
			this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`,
		);
	}

	/** A sentence about what happens. */
	tell(sentence: string): void {
		if (this.json) return;
		this.clearProgress();
		this.#err.write(`${sentence}\n`);
	}

	/** Text that somebody else wrote, as it is but for what would control the terminal. */
	quote(text: string): void {
		if (this.json) return;
		this.clearProgress();
		this.#err.write(text.replaceAll(/[^\P{Cc}\n\t]/gu, ""));
	}

	/** How far it is: a line that is written over on a terminal; elsewhere a line now and then. */
	progress(text: string): void {
		if (this.json || text === this.#line) return;
		if (this.#err.isTTY) this.#progressHere(text);
		else this.#progressElsewhere(text);
	}

	#progressHere(text: string): void {
		this.#line = text;
		this.#err.write(`\r\u001b[2K${fitLine(text, this.#err.columns ?? 80)}`);
	}

	#progressElsewhere(text: string): void {
		if (this.#now() - this.#saidAt < PLAIN_INTERVAL_MS) return;
		this.#saidAt = this.#now();
		this.#line = text;
		this.#err.write(`${text}\n`);
	}

	/** Takes the progress line away. */
	clearProgress(): void {
		if (this.#line && this.#err.isTTY) this.#err.write("\r\u001b[2K");
		this.#line = "";
	}

	/** What went wrong. */
	fail(problem: object, sentence: string): void {
		this.clearProgress();
		this.#err.write(
			this.json
				? `${JSON.stringify(problem, null, 2)}\n`
				: `lull: ${sentence}\n`,
		);
	}
}
