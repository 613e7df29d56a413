import { pipeline, type Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { Parameters } from "../../../agent/core/protocol.ts";
import { findNameError } from "./check-parameters.ts";
import type { SourceItem } from "./work-unit-source.ts";

export type RowFormat = "csv" | "jsonLines";

/** Longer rows are nobody's parameters, and would be held in memory. */
const LONGEST_ROW = 1024 * 1024;
const LINE_FEED = 10;

/** By the file's name; CSV when it says nothing. */
export const guessRowFormat = (fileName: string): RowFormat =>
	/\.(jsonl|ndjson|jsonlines)$/i.test(fileName) ? "jsonLines" : "csv";

/** One work unit for each row, in order, without holding more than a row. Wrong rows come as problems in their place. */
export function readRows(
	content: Readable,
	format: RowFormat,
): AsyncGenerator<SourceItem> {
	return format === "csv" ? readCsv(content) : readJsonLines(content);
}

async function* readCsv(content: Readable): AsyncGenerator<SourceItem> {
	const parser = parse({
		bom: true,
		info: true,
		relax_column_count: true,
		skip_empty_lines: true,
		max_record_size: LONGEST_ROW,
	});
	pipeline(content, parser, () => {
		// What goes wrong is thrown by the parser's iterator below.
	});
	let header: string[] | undefined;
	try {
		for await (const { record, info } of parser as AsyncIterable<{
			record: string[];
			info: { lines: number };
		}>) {
			const line = info.lines;
			if (header) yield { line, ...toUnit(header, record) };
			else {
				header = record.map((name) => name.trim());
				const problem = findHeaderError(header);
				// With a wrong header, every row would be wrong.
				if (problem) return void (yield { line, problem });
			}
		}
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		const line = typeof error.lines === "number" ? error.lines : 1;
		yield { line, problem: `This is not CSV: ${error.message}.` };
	}
}

function findHeaderError(header: readonly string[]): string | undefined {
	const twice = header.find((name, index) => header.indexOf(name) !== index);
	if (twice !== undefined)
		return `The header names “${twice.slice(0, 60)}” twice.`;
	return header.map(findNameError).find((error) => error !== undefined);
}

function toUnit(header: readonly string[], record: readonly string[]) {
	if (record.length !== header.length)
		return {
			problem: `The row has ${record.length} values, but the header names ${header.length}.`,
		};
	const parameters: Parameters = Object.fromEntries(
		header.map((name, index) => [name, record[index] ?? ""]),
	);
	return { unit: { parameters, inputs: [] } };
}

async function* readJsonLines(content: Readable): AsyncGenerator<SourceItem> {
	let line = 0;
	for await (const text of readLines(content)) {
		line += 1;
		if (text === undefined)
			return void (yield {
				line,
				problem: `The line is longer than ${LONGEST_ROW} bytes.`,
			});
		if (text.trim() !== "") yield { line, ...toJsonUnit(text) };
	}
}

/** The lines of the content; undefined instead of one that is too long to be held, and then no more. */
async function* readLines(
	content: AsyncIterable<Buffer>,
): AsyncGenerator<string | undefined> {
	let begun = Buffer.alloc(0);
	for await (const chunk of content) {
		let start = 0;
		let end = chunk.indexOf(LINE_FEED);
		for (; end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
			yield Buffer.concat([begun, chunk.subarray(start, end)]).toString();
			begun = Buffer.alloc(0);
			start = end + 1;
		}
		begun = Buffer.concat([begun, chunk.subarray(start)]);
		if (begun.length > LONGEST_ROW) return void (yield undefined);
	}
	if (begun.length > 0) yield begun.toString();
}

function toJsonUnit(text: string) {
	const value = parseJson(text.replace(/^\ufeff/, ""));
	if (typeof value !== "object" || value === null || Array.isArray(value))
		return { problem: "The line is not a JSON object." };
	const parameters: Parameters = {};
	for (const [name, member] of Object.entries(value)) {
		if (!["string", "number", "boolean"].includes(typeof member))
			return {
				problem: `The value of “${name.slice(0, 60)}” is neither text nor a number.`,
			};
		const problem = findNameError(name);
		if (problem) return { problem };
		parameters[name] = String(member);
	}
	return { unit: { parameters, inputs: [] } };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
