/** Part of a blob that a request asks for. */
export interface ByteRange {
	offset: number;
	bytes: number;
}

/**
 * Reads a Range header (RFC 9110) against a blob of `size` bytes: the range; `undefined` when the whole is to be sent
 * (no header, several ranges, or a unit that we do not know, all of which may be passed over); `"unsatisfiable"` when
 * nothing of what is asked for exists.
 */
export function parseByteRange(
	header: string | undefined,
	size: number,
): ByteRange | undefined | "unsatisfiable" {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
	if (!match || (!match[1] && !match[2])) return undefined;
	if (!match[1]) return lastBytes(Number(match[2]), size);
	const first = Number(match[1]);
	const last = match[2] ? Number(match[2]) : size - 1;
	// "bytes=5-2" is not a range at all, so the header does not count.
	if (match[2] && last < first) return undefined;
	if (first >= size) return "unsatisfiable";
	return { offset: first, bytes: Math.min(last, size - 1) - first + 1 };
}

function lastBytes(wanted: number, size: number): ByteRange | "unsatisfiable" {
	if (wanted === 0 || size === 0) return "unsatisfiable";
	const bytes = Math.min(wanted, size);
	return { offset: size - bytes, bytes };
}
