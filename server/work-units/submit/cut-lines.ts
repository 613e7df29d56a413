import { createHash, type Hash } from "node:crypto";
import type { SourceItem } from "./work-unit-source.ts";

export interface LineCut {
	/** The blob that the content is. */
	sha256: string;
	linesPerPart: number;
	/** The path of the part below /input. */
	file: string;
}

const LINE_FEED = 10;

interface Part {
	offset: number;
	bytes: number;
	lines: number;
	hash: Hash;
	/** Its last line has not ended yet. */
	endsOpen: boolean;
}

/**
 * Cuts a file into parts of so many lines, as slices of the one blob: nothing is copied, and the parts one after the
 * other are the file. The last part may have fewer lines; a last line without a line feed counts.
 */
export async function* cutLines(
	content: AsyncIterable<Buffer>,
	cut: LineCut,
): AsyncGenerator<SourceItem> {
	let number = 0;
	let part = emptyPart(0);
	for await (const chunk of content) {
		let start = 0;
		while (start < chunk.length) {
			const end = addLines(part, chunk, start, cut.linesPerPart);
			if (part.lines === cut.linesPerPart) {
				yield toItem(number++, part, cut);
				part = emptyPart(part.offset + part.bytes);
			}
			start = end;
		}
	}
	if (part.bytes > 0) {
		// What follows the last line feed is a line too.
		part.lines += part.endsOpen ? 1 : 0;
		yield toItem(number, part, cut);
	}
}

const emptyPart = (offset: number): Part => ({
	offset,
	bytes: 0,
	lines: 0,
	hash: createHash("sha256"),
	endsOpen: false,
});

/** Adds bytes of the chunk to the part until it is full or the chunk is over; answers where it stopped. */
function addLines(
	part: Part,
	chunk: Buffer,
	start: number,
	linesPerPart: number,
): number {
	let end = start;
	while (part.lines < linesPerPart && end < chunk.length) {
		const found = chunk.indexOf(LINE_FEED, end);
		part.endsOpen = found < 0;
		if (found >= 0) part.lines += 1;
		end = found < 0 ? chunk.length : found + 1;
	}
	part.hash.update(chunk.subarray(start, end));
	part.bytes += end - start;
	return end;
}

function toItem(number: number, part: Part, cut: LineCut): SourceItem {
	const firstLine = number * cut.linesPerPart + 1;
	return {
		line: firstLine,
		unit: {
			parameters: {
				file: cut.file,
				part: String(number),
				firstLine: String(firstLine),
				lineCount: String(part.lines),
			},
			inputs: [
				{
					path: cut.file,
					blobSha256: cut.sha256,
					offset: part.offset,
					bytes: part.bytes,
					sha256: part.hash.digest("hex"),
				},
			],
		},
	};
}
