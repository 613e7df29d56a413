import { parse } from "csv-parse/sync";
import { MARK, type SummaryWriter } from "./output-summary.ts";
import { parseCell } from "./parse-cell.ts";

/** A row that is longer than this is not read: the library makes a text of each cell, all of a row at once. */
const LONGEST_ROW_BYTES = 4 * 1024 * 1024;
const MOST_CELLS_A_ROW = 500_000;

/**
 * Comma-separated values: rows of cells, empty lines and the spaces around cells aside.
 * @throws when it is none
 */
export function summariseCsv(bytes: Buffer, writer: SummaryWriter): void {
	demandShortRows(bytes);
	parse(bytes, {
		record_delimiter: ["\r\n", "\n", "\r"],
		relax_column_count: true,
		skip_empty_lines: true,
		trim: true,
		bom: true,
		max_record_size: LONGEST_ROW_BYTES,
		// Nothing is kept of a row that was written down.
		on_record(row: string[]) {
			for (const cell of row) writeCell(cell, writer);
			writer.mark(MARK.rowEnd);
			return null;
		},
	});
}

/** @throws when a row has more cells than it may, counted as the library will */
function demandShortRows(bytes: Buffer): void {
	const [quote, comma, newLine, carriageReturn] = Buffer.from('",\n\r');
	let quoted = false;
	let cells = 0;
	for (let i = 0; i < bytes.length; i++) {
		const byte = bytes[i];
		// A quote inside quotes is written twice, which changes nothing here.
		if (byte === quote) quoted = !quoted;
		else if (quoted) continue;
		else if (byte === newLine || byte === carriageReturn) cells = 0;
		else if (byte === comma && ++cells > MOST_CELLS_A_ROW)
			throw new Error("A row has too many cells.");
	}
}

/** Columns separated by white space; empty lines aside. */
export function summariseTable(bytes: Buffer, writer: SummaryWriter): void {
	// Cell by cell: to split a line of a million cells would make a million texts at once.
	const CELL_OR_END = /\n|[^\s]+/g;
	const text = bytes.toString("utf8");
	let cells = 0;
	for (
		let found = CELL_OR_END.exec(text);
		found;
		found = CELL_OR_END.exec(text)
	) {
		if (found[0] !== "\n") {
			writeCell(found[0], writer);
			cells++;
		} else if (cells > 0) {
			writer.mark(MARK.rowEnd);
			cells = 0;
		}
	}
	if (cells > 0) writer.mark(MARK.rowEnd);
}

/** Cells agree when both are numbers that are near, or the same text. */
function writeCell(cell: string, writer: SummaryWriter): void {
	const number = parseCell(cell);
	if (number !== undefined) writer.number(number);
	else {
		writer.mark(MARK.text);
		writer.text(cell);
	}
}
