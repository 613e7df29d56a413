import { seededRandom } from "../duty/seeded-random.ts";
import type { ForestData } from "../forecast/forest.ts";
import { type BinnedTable, MISSING_BIN } from "./binning.ts";
import { type GrownTree, type GrowthOptions, TreeGrower } from "./growing.ts";

export interface BoostingOptions extends GrowthOptions {
	loss: "logistic" | "squared";
	maxTrees: number;
	learningRate: number;
	/** Share of the columns that each tree may use. */
	columnShare: number;
	seed: number;
	/** Called before each tree. It may wait, to spare the CPU, and it may throw, to give up. */
	pace?: () => void;
	/** Rows that are not trained on; the trees that do best on them are kept. */
	validation?: { table: BinnedTable; targets: Float64Array };
	/** Trees without a better validation loss after which to stop. */
	patience?: number;
}

/**
 * Gradient boosting (Friedman 2001) with second-order leaf values. `targets` are 0 or 1 for the logistic loss, where
 * the forest gives log-odds. Deterministic: the same table, targets and seed give the same forest.
 */
export function boostForest(
	table: BinnedTable,
	targets: Float64Array,
	options: BoostingOptions,
): ForestData {
	const initial = initialOf(targets, options.loss);
	const scores = new Float64Array(table.rows).fill(initial);
	const gradients = new Float64Array(table.rows);
	const hessians = new Float64Array(table.rows).fill(1);
	const grower = new TreeGrower(table, options);
	const random = seededRandom(options.seed);
	const trees: GrownTree[] = [];
	const progress = new ValidationProgress(initial, options);
	while (trees.length < options.maxTrees && !progress.isOver) {
		options.pace?.();
		if (options.loss === "logistic")
			deriveLogistic(scores, targets, gradients, hessians);
		else deriveSquared(scores, targets, gradients);
		const columns = drawColumns(table.columns, options.columnShare, random);
		const tree = grower.grow(
			gradients,
			hessians,
			columns,
			options.learningRate,
			scores,
		);
		trees.push(tree);
		progress.look(tree, trees.length);
	}
	return flatten(initial, trees.slice(0, progress.best), table.bounds);
}

/** Follows the loss on rows that are not trained on. */
class ValidationProgress {
	readonly #options: BoostingOptions;
	readonly #scores: Float64Array;
	#leastLoss = Number.POSITIVE_INFINITY;
	#looked = 0;
	best = 0;

	constructor(initial: number, options: BoostingOptions) {
		this.#options = options;
		this.#scores = new Float64Array(options.validation?.table.rows ?? 0).fill(
			initial,
		);
		if (!options.validation) this.best = options.maxTrees;
	}

	get isOver(): boolean {
		const { validation, patience = 25 } = this.#options;
		return !!validation && this.#looked - this.best >= patience;
	}

	look(tree: GrownTree, count: number): void {
		const { validation, loss } = this.#options;
		this.#looked = count;
		if (!validation) return;
		addTree(this.#scores, tree, validation.table);
		const now = lossOf(this.#scores, validation.targets, loss);
		if (now >= this.#leastLoss) return;
		this.#leastLoss = now;
		this.best = count;
	}
}

function initialOf(
	targets: Float64Array,
	loss: BoostingOptions["loss"],
): number {
	let sum = 0;
	for (const target of targets) sum += target;
	if (loss === "squared") return targets.length ? sum / targets.length : 0;
	// Half a row of each outcome keeps the odds finite.
	return Math.log((sum + 0.5) / (targets.length - sum + 0.5));
}

function deriveLogistic(
	scores: Float64Array,
	targets: Float64Array,
	gradients: Float64Array,
	hessians: Float64Array,
): void {
	for (let r = 0; r < scores.length; r++) {
		const p = 1 / (1 + Math.exp(-(scores[r] as number)));
		gradients[r] = p - (targets[r] as number);
		hessians[r] = Math.max(1e-6, p * (1 - p));
	}
}

function deriveSquared(
	scores: Float64Array,
	targets: Float64Array,
	gradients: Float64Array,
): void {
	for (let r = 0; r < scores.length; r++)
		gradients[r] = (scores[r] as number) - (targets[r] as number);
}

function lossOf(
	scores: Float64Array,
	targets: Float64Array,
	loss: BoostingOptions["loss"],
): number {
	let sum = 0;
	for (let r = 0; r < scores.length; r++) {
		const score = scores[r] as number;
		const target = targets[r] as number;
		sum +=
			loss === "squared"
				? (score - target) ** 2
				: Math.log1p(Math.exp(-Math.abs(score))) +
					Math.max(score, 0) -
					target * score;
	}
	return sum / Math.max(1, scores.length);
}

function drawColumns(
	columns: number,
	share: number,
	random: () => number,
): number[] {
	const all = Array.from({ length: columns }, (_, c) => c);
	const wanted = Math.max(1, Math.ceil(columns * share));
	for (let i = 0; i < wanted; i++) {
		const j = i + Math.floor(random() * (columns - i));
		[all[i], all[j]] = [all[j] as number, all[i] as number];
	}
	return all.slice(0, wanted).sort((a, b) => a - b);
}

function addTree(
	scores: Float64Array,
	tree: GrownTree,
	table: BinnedTable,
): void {
	for (let r = 0; r < table.rows; r++) {
		let node = 0;
		let column = tree.column[0] as number;
		while (column >= 0) {
			const bin = table.bins[column * table.rows + r] as number;
			const goesLeft =
				bin === MISSING_BIN
					? tree.missingLeft[node]
					: bin <= (tree.bin[node] as number);
			node = (tree.left[node] as number) + (goesLeft ? 0 : 1);
			column = tree.column[node] as number;
		}
		scores[r] = (scores[r] as number) + (tree.value[node] as number);
	}
}

/** All trees as one forest: bins become the bounds that they stand for. */
function flatten(
	initial: number,
	trees: readonly GrownTree[],
	bounds: readonly Float64Array[],
): ForestData {
	const forest: ForestData = {
		initial,
		roots: [],
		feature: [],
		threshold: [],
		left: [],
		missingLeft: [],
		value: [],
	};
	for (const tree of trees) {
		const root = forest.feature.length;
		forest.roots.push(root);
		for (let node = 0; node < tree.column.length; node++) {
			const column = tree.column[node] as number;
			const bound = bounds[column]?.[(tree.bin[node] as number) - 1];
			forest.feature.push(column);
			// The last bin has no upper bound: everything that is known goes left.
			forest.threshold.push(column < 0 ? 0 : (bound ?? Number.MAX_VALUE));
			forest.left.push(column < 0 ? -1 : root + (tree.left[node] as number));
			forest.missingLeft.push(tree.missingLeft[node] as 0 | 1);
			forest.value.push(tree.value[node] as number);
		}
	}
	return forest;
}
