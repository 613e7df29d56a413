/** The end of what a program wrote to one stream. `end` is how many bytes it has written in all. */
export interface LogTail {
	text: string;
	end: number;
}

/** As much of a stream as is kept on the page. */
const MOST_CHARACTERS = 128 * 1024;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/**
 * A piece of the stream that began at `offset`, put behind what is there: what is known already is passed over, and
 * what was missed in between is marked.
 */
export function appendLog(
	tail: LogTail,
	offset: number,
	text: string,
): LogTail {
	const end = offset + bytesOf(text);
	if (end <= tail.end) return tail;
	if (offset > tail.end)
		return bound({ text: `${tail.text}\n[…]\n${text}`, end });
	return bound({ text: tail.text + skipBytes(text, tail.end - offset), end });
}

/** What the server has kept, when it knows more than the page does. */
export const takeLog = (
	tail: LogTail | undefined,
	kept: { text: string; bytes: number },
): LogTail =>
	tail && tail.end >= kept.bytes ? tail : { text: kept.text, end: kept.bytes };

function skipBytes(text: string, bytes: number): string {
	if (bytes <= 0) return text;
	const rest = new TextEncoder().encode(text).subarray(bytes);
	return new TextDecoder().decode(rest);
}

const bound = ({ text, end }: LogTail): LogTail => ({
	text: text.length > MOST_CHARACTERS ? text.slice(-MOST_CHARACTERS) : text,
	end,
});
