import { createInterface } from "node:readline";
import { pipeline, type Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { Parameters } from "../../agent/protocol.ts";
import { findNameError } from "./check-parameters.ts";
import type { SourceItem } from "./work-unit-source.ts";

export type RowFormat = "csv" | "jsonLines";

/** Longer rows are nobody's parameters, and would be held in memory. */
const LONGEST_ROW = 1024 * 1024;

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
	for await (const text of limitedLines(content)) {
		line += 1;
		if (text === undefined)
			return void (yield {
				line,
				problem: `The line is longer than ${LONGEST_ROW} characters.`,
			});
		if (text.trim() === "") continue;
		yield { line, ...toJsonUnit(text) };
	}
}

/** The lines of the content; undefined instead of one that is too long to be held. */
async function* limitedLines(
	content: Readable,
): AsyncGenerator<string | undefined> {
	let sinceBreak = 0;
	let tooLong = false;
	content.on("data", (chunk: Buffer) => {
		const last = chunk.lastIndexOf(10);
		sinceBreak = last < 0 ? sinceBreak + chunk.length : chunk.length - last - 1;
		if (sinceBreak <= LONGEST_ROW) return;
		tooLong = true;
		content.destroy();
	});
	content.pause();
	try {
		yield* createInterface({
			input: content,
			crlfDelay: Number.POSITIVE_INFINITY,
		});
	} catch (error) {
		if (!tooLong) throw error;
	}
	if (tooLong) yield undefined;
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
		// Not by assignment: "__proto__" is only a name here.
		Object.defineProperty(parameters, name, {
			value: String(member),
			enumerable: true,
			writable: true,
			configurable: true,
		});
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
