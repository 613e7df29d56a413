import { type BinnedTable, MISSING_BIN } from "./binning.ts";
import { type BestSplit, findSplit, type Histogram } from "./splitting.ts";

export interface GrowthOptions {
	maxLeaves: number;
	/** Least sum of second derivatives in a leaf; with squared error that is its number of rows. */
	minLeafWeight: number;
	/** Ridge on leaf values. */
	l2: number;
	/** Splits that gain less are not made. */
	minGain: number;
	/** For each column 1, -1 or 0: how the prediction may change with it. */
	directions: readonly number[];
}

/** One tree as it was grown: a node's children are `left` and `left + 1`; leaves have column -1. */
export interface GrownTree {
	column: number[];
	/** Rows whose bin is at most this go left. */
	bin: number[];
	missingLeft: (0 | 1)[];
	left: number[];
	value: number[];
}

interface Leaf {
	node: number;
	begin: number;
	end: number;
	histogram: Histogram;
	gradient: number;
	hessian: number;
	/** The values that the leaf may take, so that no split above it is turned round. */
	lowest: number;
	highest: number;
	split: BestSplit | undefined;
}

/**
 * Grows trees leaf by leaf, always splitting the leaf that gains most (LightGBM, Ke et al. 2017). The smaller child's
 * histogram is counted, the other's is what remains of the parent's. Memory is taken once and used for every tree.
 */
export class TreeGrower {
	readonly #table: BinnedTable;
	readonly #options: GrowthOptions;
	readonly #stride: number;
	readonly #rows: Int32Array;
	readonly #spare: Int32Array;
	readonly #gradients: Float64Array;
	readonly #hessians: Float64Array;
	readonly #pool: Histogram[] = [];
	#columns: readonly number[] = [];

	constructor(table: BinnedTable, options: GrowthOptions) {
		this.#table = table;
		this.#options = options;
		this.#stride = 2 * (2 + Math.max(0, ...table.bounds.map((b) => b.length)));
		this.#rows = new Int32Array(table.rows);
		this.#spare = new Int32Array(table.rows);
		this.#gradients = new Float64Array(table.rows);
		this.#hessians = new Float64Array(table.rows);
	}

	/**
	 * Grows one tree on the columns given and adds its leaf values, times `rate`, to `scores`.
	 * Leaf values are -G / (H + l2) from the sums of the derivatives.
	 */
	grow(
		gradients: Float64Array,
		hessians: Float64Array,
		columns: readonly number[],
		rate: number,
		scores: Float64Array,
	): GrownTree {
		this.#columns = columns;
		const tree: GrownTree = {
			column: [],
			bin: [],
			missingLeft: [],
			left: [],
			value: [],
		};
		for (let r = 0; r < this.#rows.length; r++) this.#rows[r] = r;
		const leaves = [this.#root(tree, gradients, hessians)];
		while (leaves.length < this.#options.maxLeaves) {
			const best = mostGainful(leaves);
			if (!best) break;
			leaves.splice(leaves.indexOf(best), 1);
			leaves.push(...this.#split(tree, best, gradients, hessians));
		}
		for (const leaf of leaves) this.#finish(tree, leaf, rate, scores);
		return tree;
	}

	#root(
		tree: GrownTree,
		gradients: Float64Array,
		hessians: Float64Array,
	): Leaf {
		const leaf: Leaf = {
			node: addNode(tree),
			begin: 0,
			end: this.#rows.length,
			histogram: this.#count(0, this.#rows.length, gradients, hessians),
			gradient: sumOf(gradients),
			hessian: sumOf(hessians),
			lowest: Number.NEGATIVE_INFINITY,
			highest: Number.POSITIVE_INFINITY,
			split: undefined,
		};
		leaf.split = this.#findSplit(leaf);
		return leaf;
	}

	#findSplit(leaf: Leaf): BestSplit | undefined {
		return findSplit(leaf, this.#columns, this.#stride, this.#options);
	}

	#split(
		tree: GrownTree,
		leaf: Leaf,
		gradients: Float64Array,
		hessians: Float64Array,
	): Leaf[] {
		const split = leaf.split as BestSplit;
		const middle = this.#partition(leaf, split);
		const left = addNode(tree);
		const right = addNode(tree);
		tree.column[leaf.node] = split.column;
		tree.bin[leaf.node] = split.bin;
		tree.missingLeft[leaf.node] = split.missingLeft;
		tree.left[leaf.node] = left;
		const leftIsSmall = middle - leaf.begin <= leaf.end - middle;
		const small = leftIsSmall
			? this.#count(leaf.begin, middle, gradients, hessians)
			: this.#count(middle, leaf.end, gradients, hessians);
		const rest = leaf.histogram;
		this.#subtract(rest, small);
		const children = [
			{
				...leaf,
				...this.#boundsFor(leaf, split, -1),
				node: left,
				end: middle,
				histogram: leftIsSmall ? small : rest,
				gradient: split.leftGradient,
				hessian: split.leftHessian,
			},
			{
				...leaf,
				...this.#boundsFor(leaf, split, 1),
				node: right,
				begin: middle,
				histogram: leftIsSmall ? rest : small,
				gradient: leaf.gradient - split.leftGradient,
				hessian: leaf.hessian - split.leftHessian,
			},
		];
		for (const child of children) child.split = this.#findSplit(child);
		return children;
	}

	/** On a column with a direction, neither side may later cross the middle between them. */
	#boundsFor(leaf: Leaf, split: BestSplit, side: 1 | -1) {
		const direction = this.#options.directions[split.column] ?? 0;
		const middle = (split.leftValue + split.rightValue) / 2;
		if (!direction) return {};
		return direction === side
			? { lowest: Math.max(leaf.lowest, middle) }
			: { highest: Math.min(leaf.highest, middle) };
	}

	/** Puts the rows that go left first, keeping the order, and answers where the others begin. */
	#partition(leaf: Leaf, split: BestSplit): number {
		const rows = this.#rows;
		const spare = this.#spare;
		const offset = split.column * this.#table.rows;
		const bins = this.#table.bins;
		let left = leaf.begin;
		let right = 0;
		for (let k = leaf.begin; k < leaf.end; k++) {
			const row = rows[k] as number;
			const bin = bins[offset + row] as number;
			const goesLeft =
				bin === MISSING_BIN ? split.missingLeft : bin <= split.bin;
			if (goesLeft) rows[left++] = row;
			else spare[right++] = row;
		}
		rows.set(spare.subarray(0, right), left);
		return left;
	}

	/** Sums of both derivatives by bin, for each column in use. */
	#count(
		begin: number,
		end: number,
		gradients: Float64Array,
		hessians: Float64Array,
	): Histogram {
		const histogram =
			this.#pool.pop() ?? new Float64Array(this.#table.columns * this.#stride);
		const length = end - begin;
		const rows = this.#rows.subarray(begin, end);
		const g = this.#gradients;
		const h = this.#hessians;
		for (let k = 0; k < length; k++) {
			const row = rows[k] as number;
			g[k] = gradients[row] as number;
			h[k] = hessians[row] as number;
		}
		const { bins, rows: all } = this.#table;
		for (const c of this.#columns) {
			const base = c * this.#stride;
			histogram.fill(0, base, base + this.#stride);
			countColumn(
				histogram.subarray(base, base + this.#stride),
				bins.subarray(c * all, (c + 1) * all),
				rows,
				g,
				h,
			);
		}
		return histogram;
	}

	#subtract(from: Histogram, what: Histogram): void {
		for (const c of this.#columns) {
			const end = (c + 1) * this.#stride;
			for (let i = c * this.#stride; i < end; i++)
				from[i] = (from[i] as number) - (what[i] as number);
		}
	}

	#finish(
		tree: GrownTree,
		leaf: Leaf,
		rate: number,
		scores: Float64Array,
	): void {
		const best = -leaf.gradient / (leaf.hessian + this.#options.l2);
		const value =
			rate * Math.max(leaf.lowest, Math.min(leaf.highest, best)) || 0;
		tree.value[leaf.node] = value;
		for (let k = leaf.begin; k < leaf.end; k++) {
			const row = this.#rows[k] as number;
			scores[row] = (scores[row] as number) + value;
		}
		this.#pool.push(leaf.histogram);
	}
}

function countColumn(
	histogram: Histogram,
	bins: Uint8Array,
	rows: Int32Array,
	gradients: Float64Array,
	hessians: Float64Array,
): void {
	for (let k = 0; k < rows.length; k++) {
		const at = 2 * (bins[rows[k] as number] as number);
		histogram[at] = (histogram[at] as number) + (gradients[k] as number);
		histogram[at + 1] = (histogram[at + 1] as number) + (hessians[k] as number);
	}
}

function addNode(tree: GrownTree): number {
	tree.column.push(-1);
	tree.bin.push(0);
	tree.missingLeft.push(0);
	tree.left.push(-1);
	return tree.value.push(0) - 1;
}

function mostGainful(leaves: readonly Leaf[]): Leaf | undefined {
	let best: Leaf | undefined;
	for (const leaf of leaves)
		if (leaf.split && leaf.split.gain > (best?.split?.gain ?? 0)) best = leaf;
	return best;
}

function sumOf(values: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < values.length; i++) sum += values[i] as number;
	return sum;
}
