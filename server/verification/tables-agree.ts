import { numbersAgree, type Tolerance } from "./numbers-agree.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;
const SPECIAL: Record<string, number> = {
	nan: Number.NaN,
	inf: Infinity,
	infinity: Infinity,
};

/** The number that a cell holds, as C, Fortran, Python and R write them, or undefined when it is text. */
export function parseCell(cell: string): number | undefined {
	if (NUMBER.test(cell)) return Number(cell.replace(/[dD]/, "e"));
	const sign = cell.startsWith("-") ? -1 : 1;
	const special = SPECIAL[cell.replace(/^[+-]/, "").toLowerCase()];
	return special === undefined ? undefined : sign * special;
}

/** Cells agree when both are numbers within the tolerance, or the same text. */
export function cellsAgree(
	a: string,
	b: string,
	tolerance: Tolerance,
): boolean {
	if (a === b) return true;
	const x = parseCell(a);
	const y = parseCell(b);
	return x !== undefined && y !== undefined && numbersAgree(x, y, tolerance);
}

/** Same number of rows and of cells in each row, and every cell agrees. */
export function tablesAgree(
	a: readonly string[][],
	b: readonly string[][],
	tolerance: Tolerance,
): boolean {
	return (
		a.length === b.length &&
		a.every((row, i) => {
			const other = b[i] ?? [];
			return (
				row.length === other.length &&
				row.every((cell, j) => cellsAgree(cell, other[j] ?? "", tolerance))
			);
		})
	);
}
