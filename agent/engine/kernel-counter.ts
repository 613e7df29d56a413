import { closeSync, openSync, readSync } from "node:fs";

/**
 * A small file of the kernel that is read ten times a second: opened once, read from its beginning each time, at once,
 * since such files never wait for a disk. That costs a tenth of opening it anew.
 */
export class KernelCounter {
	readonly #path: string;
	readonly #buffer: Buffer;
	#fd: number | undefined;

	constructor(path: string, bytes = 4096) {
		this.#path = path;
		this.#buffer = Buffer.allocUnsafe(bytes);
	}

	/** The beginning of its text; undefined while there is no such file. */
	read(): string | undefined {
		try {
			this.#fd ??= openSync(this.#path, "r");
			const bytes = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
			return this.#buffer.toString("latin1", 0, bytes);
		} catch {
			// A cgroup that was removed answers ENODEV for ever: the next one of that name is another file.
			this.close();
			return undefined;
		}
	}

	close(): void {
		if (this.#fd !== undefined) closeSync(this.#fd);
		this.#fd = undefined;
	}
}
