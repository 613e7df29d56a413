import { parse } from "csv-parse/sync";
import type { NumericComparison } from "./comparison.ts";
import { jsonAgrees } from "./json-agrees.ts";
import { tablesAgree } from "./tables-agree.ts";

/**
 * True when two output files say the same within the tolerance. A file that is not of the format it should have agrees
 * only with its identical twin: it can never make another one valid.
 */
export function contentsAgree(
	a: string,
	b: string,
	comparison: NumericComparison,
): boolean {
	if (a === b) return true;
	try {
		if (comparison.format === "json")
			return jsonAgrees(JSON.parse(a), JSON.parse(b), comparison);
		const read = comparison.format === "csv" ? readCsv : readTable;
		return tablesAgree(read(a), read(b), comparison);
	} catch {
		return false;
	}
}

const readCsv = (text: string): string[][] =>
	parse(text, {
		relax_column_count: true,
		skip_empty_lines: true,
		trim: true,
		bom: true,
	});

const readTable = (text: string): string[][] =>
	text
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "")
		.map((line) => line.split(/\s+/));
