import type { CpuMark } from "../core/measure-times.ts";
import { LOG_TAIL_BYTES } from "../core/protocol.ts";
import { StreamTail } from "./stream-tail.ts";

const PROGRESS_LINE = /^LULL_PROGRESS\s+([0-9.eE+-]+)\s*$/;
/** A line longer than this is no progress line; what came of it is forgotten. */
const LINE_BYTES = 256;

/**
 * What we know of a task's container while it runs, in memory only: everything here is read again from the engine and
 * the kernel after a restart.
 */
export class RunningTask {
	readonly stdout = new StreamTail(LOG_TAIL_BYTES);
	readonly stderr = new StreamTail(LOG_TAIL_BYTES);
	/** 0 to 1, as the program says. */
	progress = 0;
	/** CPU time at the last reading; undefined where the kernel's count cannot be read. */
	cpu: CpuMark | undefined;
	#line = "";

	write(stream: "stdout" | "stderr", chunk: Buffer): void {
		this[stream].push(chunk);
		if (stream === "stdout") this.#findProgress(chunk.toString("latin1"));
	}

	get logBytes(): number {
		return this.stdout.bytes + this.stderr.bytes;
	}

	#findProgress(text: string): void {
		const lines = (this.#line + text).split("\n");
		this.#line = (lines.pop() ?? "").slice(0, LINE_BYTES);
		for (const line of lines) {
			const said = Number(PROGRESS_LINE.exec(line)?.[1]);
			if (said >= 0 && said <= 1) this.progress = said;
		}
	}
}
