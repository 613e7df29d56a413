import { Tokenizer, TokenType } from "@streamparser/json";
import { MARK, type SummaryWriter } from "./output-summary.ts";

/**
 * What may come next:
 *
 *   value ─┬─ a scalar ─────────────────────────────► after
 *          ├─ [ ─► valueOrEnd ── value … ] ─────────► after
 *          └─ { ─► keyOrEnd ── key ─► colon ─► value … } ─► after
 *   after ──── , in an array ─► value · , in an object ─► key · at the top: the end
 */
type Expected = "value" | "valueOrEnd" | "keyOrEnd" | "key" | "colon" | "after";

/** How many numbers are kept for each member of an object that is open, see `#members`. */
const MEMBER = 5;

/**
 * JSON: the same structure, the same keys in any order, the same text; the last one counts of members with one name.
 *
 * It is read token by token and never made into objects: `JSON.parse` of 32 MiB of `[],[],[]…` ends the whole process,
 * in a thread with a memory limit too (decision 0028). What is kept beside the summary are the places of the members
 * of objects that are still open; when one ends, they are put into the order of their names.
 * @throws when it is not JSON
 */
export function summariseJson(bytes: Buffer, writer: SummaryWriter): void {
	const reader = new JsonReader(writer);
	const tokenizer = new Tokenizer({
		stringBufferSize: 64 * 1024,
		numberBufferSize: 64,
	});
	tokenizer.onToken = ({ token, value }) => reader.take(token, value);
	tokenizer.onError = (error) => {
		throw error;
	};
	for (let at = 0; at < bytes.length; at += 64 * 1024)
		tokenizer.write(bytes.subarray(at, at + 64 * 1024));
	tokenizer.end();
	reader.end();
}

const LITERALS: Partial<Record<TokenType, number>> = {
	[TokenType.TRUE]: MARK.true,
	[TokenType.FALSE]: MARK.false,
	[TokenType.NULL]: MARK.null,
};

class JsonReader {
	readonly #writer: SummaryWriter;
	#expected: Expected = "value";
	/** For each open array or object: −1, or where its members begin in `#members`. */
	readonly #open = new Int32Stack();
	/** For each member of an open object: where its name begins and ends, and its value's bytes and numbers end and begin. */
	readonly #members = new Int32Stack();

	constructor(writer: SummaryWriter) {
		this.#writer = writer;
	}

	take(token: TokenType, value: unknown): void {
		const expected = this.#expected;
		const isName = expected === "key" || expected === "keyOrEnd";
		if (token === TokenType.STRING && isName)
			this.#beginMember(value as string);
		else if (token === TokenType.COLON) this.#goOn("colon", "value");
		else if (token === TokenType.COMMA) this.#takeComma();
		else if (token === TokenType.RIGHT_BRACKET) this.#endArray();
		else if (token === TokenType.RIGHT_BRACE) this.#endObject();
		else if (expected === "value" || expected === "valueOrEnd")
			this.#takeValue(token, value);
		else throw new Error("This does not belong here.");
	}

	end(): void {
		if (this.#open.length > 0 || this.#expected !== "after")
			throw new Error("It ends too soon.");
	}

	#goOn(from: Expected, to: Expected): void {
		if (this.#expected !== from) throw new Error("This does not belong here.");
		this.#expected = to;
	}

	#takeComma(): void {
		if (this.#open.length === 0)
			throw new Error("There is more than one value.");
		this.#goOn("after", this.#inArray() ? "value" : "key");
	}

	#takeValue(token: TokenType, value: unknown): void {
		const writer = this.#writer;
		if (token === TokenType.LEFT_BRACKET) {
			writer.mark(MARK.array);
			this.#open.push(-1);
			this.#expected = "valueOrEnd";
		} else if (token === TokenType.LEFT_BRACE) {
			writer.mark(MARK.object);
			this.#open.push(this.#members.length);
			this.#expected = "keyOrEnd";
		} else {
			if (token === TokenType.NUMBER) writer.number(value as number);
			else if (token === TokenType.STRING) {
				writer.mark(MARK.text);
				writer.text(value as string);
			} else writer.mark(LITERALS[token] ?? MARK.null);
			this.#endValue();
		}
	}

	#endArray(): void {
		const mayEnd =
			this.#expected === "valueOrEnd" || this.#expected === "after";
		if (!mayEnd || this.#open.length === 0 || !this.#inArray())
			throw new Error("No array ends here.");
		this.#open.pop();
		this.#writer.mark(MARK.end);
		this.#endValue();
	}

	#endObject(): void {
		const mayEnd = this.#expected === "keyOrEnd" || this.#expected === "after";
		if (!mayEnd || this.#open.length === 0 || this.#inArray())
			throw new Error("No object ends here.");
		this.#sortMembers(this.#open.pop());
		this.#writer.mark(MARK.end);
		this.#endValue();
	}

	#inArray(): boolean {
		return this.#open.top() === -1;
	}

	#beginMember(name: string): void {
		const writer = this.#writer;
		this.#members.push(writer.bytesWritten);
		writer.text(name);
		this.#members.push(writer.bytesWritten);
		writer.mark(MARK.keyEnd);
		this.#members.push(writer.numbersWritten);
		this.#expected = "colon";
	}

	#endValue(): void {
		this.#expected = "after";
		if (this.#open.length === 0 || this.#inArray()) return;
		const writer = this.#writer;
		this.#members.push(writer.bytesWritten);
		this.#members.push(writer.numbersWritten);
	}

	/** Puts the members from `first` on into the order of their names, drops those that a later one replaces. */
	#sortMembers(first: number): void {
		const members = this.#members;
		const count = (members.length - first) / MEMBER;
		if (count < 2) {
			members.length = first;
			return;
		}
		const at = (member: number, field: number) =>
			members.at(first + MEMBER * member + field);
		const compare = (a: number, b: number) =>
			this.#writer.compare(at(a, 0), at(a, 1), at(b, 0), at(b, 1));
		let sorted = true;
		for (let i = 1; i < count && sorted; i++) sorted = compare(i - 1, i) < 0;
		if (!sorted) {
			const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
				(a, b) => compare(a, b) || a - b,
			);
			const kept = order.filter((member, place) => {
				const next = order[place + 1];
				return next === undefined || compare(member, next) !== 0;
			});
			this.#rewrite(first, kept);
		}
		members.length = first;
	}

	#rewrite(first: number, order: Uint32Array): void {
		const writer = this.#writer;
		const at = (member: number, field: number) =>
			this.#members.at(first + MEMBER * member + field);
		const firstByte = at(0, 0);
		const firstNumber = at(0, 2);
		const bytes = Buffer.from(
			writer.bytesBetween(firstByte, writer.bytesWritten),
		);
		const numbers = writer
			.numbersBetween(firstNumber, writer.numbersWritten)
			.slice();
		writer.bytesWritten = firstByte;
		writer.numbersWritten = firstNumber;
		for (const member of order) {
			const [from, to] = [at(member, 0) - firstByte, at(member, 3) - firstByte];
			bytes.copy(
				writer.bytesBetween(
					writer.bytesWritten,
					writer.bytesWritten + to - from,
				),
				0,
				from,
				to,
			);
			writer.bytesWritten += to - from;
			const own = numbers.subarray(
				at(member, 2) - firstNumber,
				at(member, 4) - firstNumber,
			);
			writer
				.numbersBetween(
					writer.numbersWritten,
					writer.numbersWritten + own.length,
				)
				.set(own);
			writer.numbersWritten += own.length;
		}
	}
}

/** A stack of whole numbers that takes four bytes for each. */
class Int32Stack {
	#items = new Int32Array(64);
	length = 0;

	push(item: number): void {
		if (this.length === this.#items.length) {
			const more = new Int32Array(2 * this.length);
			more.set(this.#items);
			this.#items = more;
		}
		this.#items[this.length++] = item;
	}

	pop(): number {
		return this.#items[--this.length] ?? -1;
	}

	top(): number {
		return this.#items[this.length - 1] ?? -1;
	}

	at(index: number): number {
		return this.#items[index] ?? -1;
	}
}
