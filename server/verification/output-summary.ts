import { createHash } from "node:crypto";

/**
 * All of an output file that a comparison within a tolerance needs: two files say the same when their structures are
 * equal and their numbers, one by one, are near (summaries-agree.ts). Made once for a file, however many it is held
 * against.
 */
export interface OutputSummary {
	/** SHA-256 over everything in the file but its numbers, which leave a mark where they stood. */
	structure: string;
	/** In the order of the structure; in memory that threads share, since it is sent to and fro. */
	numbers: Float64Array<SharedArrayBuffer>;
}

/** Bytes that are in no text, for what is between texts: UTF-8 uses none above 0xF4. */
export const MARK = {
	number: 0xff,
	text: 0xfe,
	rowEnd: 0xfd,
	array: 0xfc,
	object: 0xfb,
	keyEnd: 0xfa,
	end: 0xf9,
	true: 0xf8,
	false: 0xf7,
	null: 0xf6,
} as const;

/**
 * Collects a summary. What it holds are two growing arrays of bytes and of numbers and nothing else: with strangers' files
 * memory must be a small multiple of the file's size, whatever is in it, and must not be the engine's heap, which when
 * it is full ends the whole process and not only the thread.
 */
export class SummaryWriter {
	#bytes = Buffer.allocUnsafeSlow(4096);
	#numbers = new Float64Array(512);
	bytesWritten = 0;
	numbersWritten = 0;

	mark(mark: number): void {
		this.#makeRoom(1);
		this.#bytes[this.bytesWritten++] = mark;
	}

	text(text: string): void {
		// No character of a string takes more than three bytes.
		this.#makeRoom(3 * text.length);
		this.bytesWritten += this.#bytes.write(text, this.bytesWritten);
	}

	number(value: number): void {
		this.mark(MARK.number);
		if (this.numbersWritten === this.#numbers.length) {
			const more = new Float64Array(2 * this.#numbers.length);
			more.set(this.#numbers);
			this.#numbers = more;
		}
		this.#numbers[this.numbersWritten++] = value;
	}

	/** The order of two pieces that were written. */
	compare(from: number, to: number, otherFrom: number, otherTo: number) {
		return this.#bytes.compare(this.#bytes, otherFrom, otherTo, from, to);
	}

	/** What was written in between. */
	bytesBetween(from: number, to: number): Buffer {
		return this.#bytes.subarray(from, to);
	}

	/** The same for numbers. */
	numbersBetween(from: number, to: number): Float64Array {
		return this.#numbers.subarray(from, to);
	}

	finish(): OutputSummary {
		const numbers = new Float64Array(
			new SharedArrayBuffer(8 * this.numbersWritten),
		);
		numbers.set(this.numbersBetween(0, this.numbersWritten));
		return {
			structure: createHash("sha256")
				.update(this.bytesBetween(0, this.bytesWritten))
				.digest("hex"),
			numbers,
		};
	}

	#makeRoom(bytes: number): void {
		const needed = this.bytesWritten + bytes;
		if (needed <= this.#bytes.length) return;
		const more = Buffer.allocUnsafeSlow(
			Math.max(needed, 2 * this.#bytes.length),
		);
		this.#bytes.copy(more, 0, 0, this.bytesWritten);
		this.#bytes = more;
	}
}
