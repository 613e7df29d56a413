/** Numbers that an output holds: columns by name, all of one length. */
export type PlotTable = Map<string, number[]>;

/** More rows than this no screen can show apart. */
const MOST_ROWS = 5_000;

/** Reads a small output as CSV, a whitespace table or JSON; undefined when it holds no numbers. */
export function parsePlotTable(text: string): PlotTable | undefined {
	const rows = parseJsonRows(text) ?? parseTextRows(text);
	const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const table: PlotTable = new Map();
	for (const name of names) {
		const values = rows.map((row) => row[name] ?? Number.NaN);
		if (values.some(Number.isFinite)) table.set(name, values);
	}
	return table.size > 0 ? table : undefined;
}

type Row = Record<string, number>;

function parseJsonRows(text: string): Row[] | undefined {
	if (!/^\s*[[{]/.test(text)) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const items = Array.isArray(value) ? value : [value];
	return items
		.slice(0, MOST_ROWS)
		.map((item) =>
			typeof item === "number" ? { value: item } : numbersOf(item),
		);
}

const numbersOf = (item: unknown): Row =>
	Object.fromEntries(
		Object.entries(item ?? {}).filter(
			(entry): entry is [string, number] => typeof entry[1] === "number",
		),
	);

function parseTextRows(text: string): Row[] {
	const lines = text
		.split(/\r?\n/)
		.filter((line) => line.trim() !== "" && !line.startsWith("#"))
		.slice(0, MOST_ROWS + 1)
		.map(splitLine);
	const [first] = lines;
	if (!first) return [];
	const hasHeader = first.some((field) => !isNumber(field));
	const names = hasHeader
		? first
		: first.map((_, index) => `column ${index + 1}`);
	return lines
		.slice(hasHeader ? 1 : 0)
		.map((fields) =>
			Object.fromEntries(
				names.flatMap((name, index) =>
					isNumber(fields[index]) ? [[name, Number(fields[index])]] : [],
				),
			),
		);
}

const splitLine = (line: string): string[] =>
	line.trim().split(/\s*[,;\t]\s*|\s+/);

const isNumber = (field: string | undefined): boolean =>
	field !== undefined && field !== "" && Number.isFinite(Number(field));

/** One work unit's numbers, with those of its parameters as columns that stay the same in every row. */
export function withParameters(
	table: PlotTable,
	parameters: Record<string, string>,
): PlotTable {
	const [length = 0] = [...table.values()].map((values) => values.length);
	const constants = Object.entries(parameters)
		.filter(([name, value]) => isNumber(value) && !table.has(name))
		.map(([name, value]): [string, number[]] => [
			name,
			Array<number>(length).fill(Number(value)),
		]);
	return new Map([...table, ...constants]);
}

export interface PlotLine {
	label: string;
	values: (number | null)[];
}

export interface Plot {
	x: number[];
	lines: PlotLine[];
}

/** Curves of more work units than this cannot be told apart. */
const MOST_CURVES = 4;

/**
 * What to draw of `y` over `x`. Work units that were computed at the same places become a curve each, the first few of
 * them; others become one curve, which grows as they come in.
 */
export function makePlot(
	units: readonly { label: string; table: PlotTable }[],
	x: string,
	y: string,
): Plot {
	const curves = units
		.map(({ label, table }) => ({
			label,
			points: pointsOf(table, x, y),
		}))
		.filter(({ points }) => points.length > 0);
	const [first] = curves;
	if (!first) return { x: [], lines: [] };
	const places = first.points.map(([at]) => at);
	const isShared =
		places.length > 1 && curves.every(({ points }) => isSame(places, points));
	if (isShared && curves.length > 1)
		return {
			x: places,
			lines: curves.slice(0, MOST_CURVES).map(({ label, points }) => ({
				label,
				values: points.map(([, value]) => value),
			})),
		};
	const all = curves.flatMap(({ points }) => points).sort(([a], [b]) => a - b);
	return {
		x: all.map(([at]) => at),
		lines: [{ label: y, values: all.map(([, value]) => value) }],
	};
}

function pointsOf(table: PlotTable, x: string, y: string): [number, number][] {
	const places = table.get(x) ?? [];
	const values = table.get(y) ?? [];
	return places
		.map((at, index): [number, number] => [at, values[index] ?? Number.NaN])
		.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value))
		.sort(([a], [b]) => a - b);
}

const isSame = (
	places: readonly number[],
	points: readonly [number, number][],
): boolean =>
	points.length === places.length &&
	points.every(([at], index) => at === places[index]);
