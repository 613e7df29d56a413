import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { generateDuty } from "../../server/predictor/duty/duty-generator.ts";
import type { GeneratedKind } from "../../server/predictor/duty/generated-kinds.ts";

const everyMs = 1_000;

/**
 * Plays an owner: writes what the owner's programs would use of the device right
 * now to the file that its agent takes for the duty. The demo's devices share one
 * machine whose own load is the demo itself; this is what makes them different.
 */
export class DemoDuty {
	readonly #file: string;
	readonly #loadAt: (unixMs: number) => number;
	#timer: NodeJS.Timeout | undefined;
	#writing: Promise<void> = Promise.resolve();

	constructor(file: string, duty: GeneratedKind, seed: number) {
		this.#file = file;
		this.#loadAt = generateDuty(duty, seed).loadAt;
	}

	/** Resolves when the file is there. */
	async start(): Promise<void> {
		await mkdir(dirname(this.#file), { recursive: true });
		await this.#write();
		this.#timer = setInterval(() => {
			this.#writing = this.#writing.then(() => this.#write()).catch(() => {});
		}, everyMs);
	}

	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await this.#writing;
	}

	async #write(): Promise<void> {
		// Never half a number for the agent that reads it.
		await writeFileAtomic(this.#file, this.#loadAt(Date.now()).toFixed(1), {
			fsync: false,
		});
	}
}
