const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/;
const SPECIAL = new Map([
	["nan", Number.NaN],
	["inf", Infinity],
	["infinity", Infinity],
]);
/** Nobody writes a longer number, and a stranger's cell may have millions of characters. */
const LONGEST_NUMBER = 1_000;

/** The number that a cell holds, as C, Fortran, Python and R write them, or undefined when it is text. */
export function parseCell(cell: string): number | undefined {
	if (cell.length > LONGEST_NUMBER) return undefined;
	if (NUMBER.test(cell)) return Number(cell.replace(/[dD]/, "e"));
	const sign = cell.startsWith("-") ? -1 : 1;
	const special = SPECIAL.get(cell.replace(/^[+-]/, "").toLowerCase());
	return special === undefined ? undefined : sign * special;
}
