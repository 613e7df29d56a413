/** Bin 0 is for missing values, bins 1 to the last for values in rising order. */
export const MISSING_BIN = 0;
const MOST_BINS = 255;
/** Quantiles are taken of at most this many rows. */
const SAMPLE_ROWS = 20_000;

/** A table of rows × columns of numbers, column by column, as bins. */
export interface BinnedTable {
	rows: number;
	columns: number;
	/** The bin of row r in column c is bins[c * rows + r]. */
	bins: Uint8Array;
	/** For each column the upper bounds of its bins 1, 2, …; values above the last bound are in one more bin. */
	bounds: Float64Array[];
}

/** Rows of features as they are gathered: row r is values[r * columns] and so on. NaN is missing. */
export interface FeatureTable {
	rows: number;
	columns: number;
	values: Float32Array;
}

/** Puts each column into at most `binCount` bins of about equally many rows; few distinct values get a bin each. */
export function binFeatures(table: FeatureTable, binCount = 128): BinnedTable {
	return binBy(table, (column) =>
		boundsOf(column, Math.min(binCount, MOST_BINS)),
	);
}

/** Puts other rows into the same bins. */
export const binAlike = (
	table: FeatureTable,
	{ bounds }: BinnedTable,
): BinnedTable => binBy(table, (_, c) => bounds[c] as Float64Array);

function binBy(
	table: FeatureTable,
	boundsFor: (column: Float32Array, c: number) => Float64Array,
): BinnedTable {
	const { rows, columns } = table;
	const bins = new Uint8Array(rows * columns);
	const bounds: Float64Array[] = [];
	const column = new Float32Array(rows);
	for (let c = 0; c < columns; c++) {
		for (let r = 0; r < rows; r++)
			column[r] = table.values[r * columns + c] as number;
		const limits = boundsFor(column, c);
		bounds.push(limits);
		assignBins(column, limits, bins.subarray(c * rows, (c + 1) * rows));
	}
	return { rows, columns, bins, bounds };
}

/** Bounds halfway between neighbouring values, so that a new value between them goes to the nearer side. */
function boundsOf(column: Float32Array, binCount: number): Float64Array {
	const apart = Math.max(1, Math.floor(column.length / SAMPLE_ROWS));
	const sample = column
		.filter((value, r) => r % apart === 0 && !Number.isNaN(value))
		.sort();
	const bounds: number[] = [];
	const perBin = sample.length / binCount;
	let wanted = perBin;
	for (let i = 1; i < sample.length; i++) {
		const below = sample[i - 1] as number;
		const value = sample[i] as number;
		if (value === below || i < wanted) continue;
		bounds.push((below + value) / 2);
		wanted = Math.max(wanted + perBin, i + perBin / 2);
		if (bounds.length >= binCount - 1) break;
	}
	return Float64Array.from(bounds);
}

function assignBins(
	column: Float32Array,
	bounds: Float64Array,
	bins: Uint8Array,
): void {
	for (let r = 0; r < column.length; r++) {
		const value = column[r] as number;
		if (Number.isNaN(value)) {
			bins[r] = MISSING_BIN;
			continue;
		}
		let low = 0;
		let high = bounds.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (value > (bounds[middle] as number)) low = middle + 1;
			else high = middle;
		}
		bins[r] = low + 1;
	}
}
