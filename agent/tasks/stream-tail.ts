/** The last bytes of a stream, and how many there were in all. */
export class StreamTail {
	readonly #limit: number;
	#kept: Buffer[] = [];
	#keptBytes = 0;
	#bytes = 0;

	constructor(limit: number) {
		this.#limit = limit;
	}

	/** Bytes ever written. */
	get bytes(): number {
		return this.#bytes;
	}

	push(chunk: Buffer): void {
		this.#bytes += chunk.length;
		this.#kept.push(chunk);
		this.#keptBytes += chunk.length;
		while (
			this.#kept[0] &&
			this.#keptBytes - this.#kept[0].length >= this.#limit
		)
			this.#keptBytes -= this.#kept.shift()?.length ?? 0;
		// Many tiny writes would hold on to many buffers.
		if (this.#kept.length > 1000) this.#kept = [Buffer.concat(this.#kept)];
	}

	/** The kept end as text that a database takes: valid UTF-8 without NUL characters. */
	text(): string {
		return this.since(0).text;
	}

	/**
	 * What was written after the first `offset` bytes, as far as it is still kept, and where that begins. An
	 * unfinished character at the end is left for the next time.
	 */
	since(offset: number): { offset: number; text: string; end: number } {
		const kept = Buffer.concat(this.#kept).subarray(-this.#limit);
		const first = this.#bytes - kept.length;
		const start = Math.max(0, offset - first);
		const whole = wholeCharacters(kept.subarray(start));
		return {
			offset: first + start,
			text: whole.toString("utf8").replaceAll("\0", "\ufffd"),
			end: first + start + whole.length,
		};
	}
}

/** Without the bytes of a character that is not complete yet. */
function wholeCharacters(bytes: Buffer): Buffer {
	for (let back = 1; back <= Math.min(3, bytes.length); back++) {
		const byte = bytes[bytes.length - back] ?? 0;
		if (byte < 0x80) break;
		if (byte >= 0xc0) {
			const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
			return needed > back ? bytes.subarray(0, -back) : bytes;
		}
	}
	return bytes;
}
