import { z } from "zod";

const wholeNumbers = z.array(z.number().int());

/**
 * Trees as they predict: all nodes of all trees in flat arrays. A node with `feature` -1 is a leaf and gives `value`;
 * another sends values up to `threshold` to `left`, greater ones to the node after it, and missing ones where
 * `missingLeft` says. Children come after their parents, so that no walk goes in circles.
 */
export const forestSchema = z
	.object({
		initial: z.number(),
		roots: wholeNumbers,
		feature: wholeNumbers,
		threshold: z.array(z.number()),
		left: wholeNumbers,
		missingLeft: z.array(z.union([z.literal(0), z.literal(1)])),
		value: z.array(z.number()),
	})
	.superRefine((forest, context) => {
		const problem = problemOf(forest);
		if (problem) context.addIssue({ code: "custom", message: problem });
	});

export interface ForestData {
	/** What is predicted before any tree. */
	initial: number;
	/** The first node of each tree. */
	roots: number[];
	feature: number[];
	threshold: number[];
	left: number[];
	missingLeft: (0 | 1)[];
	value: number[];
}

function problemOf(forest: ForestData): string | undefined {
	const nodes = forest.feature.length;
	const columns = [
		forest.threshold,
		forest.left,
		forest.missingLeft,
		forest.value,
	];
	if (columns.some((column) => column.length !== nodes))
		return "The columns of the trees differ in length.";
	if (forest.roots.some((root) => root < 0 || root >= nodes))
		return "A tree begins outside the nodes.";
	for (let node = 0; node < nodes; node++) {
		if ((forest.feature[node] as number) < 0) continue;
		const left = forest.left[node] as number;
		if (left <= node || left + 1 >= nodes)
			return "A node leads outside its tree.";
	}
	return undefined;
}

/** The trees in typed arrays, ready to predict. */
export class Forest {
	readonly #initial: number;
	readonly #roots: Int32Array;
	readonly #feature: Int16Array;
	readonly #threshold: Float64Array;
	readonly #left: Int32Array;
	readonly #missingLeft: Uint8Array;
	readonly #value: Float64Array;

	/** @param data checked by `forestSchema` if it came from outside */
	constructor(data: ForestData) {
		this.#initial = data.initial;
		this.#roots = Int32Array.from(data.roots);
		this.#feature = Int16Array.from(data.feature);
		this.#threshold = Float64Array.from(data.threshold);
		this.#left = Int32Array.from(data.left);
		this.#missingLeft = Uint8Array.from(data.missingLeft);
		this.#value = Float64Array.from(data.value);
	}

	/** The sum of all trees for one row of features; NaN is missing. */
	predict(row: Float64Array): number {
		const feature = this.#feature;
		const threshold = this.#threshold;
		const left = this.#left;
		let sum = this.#initial;
		for (let tree = 0; tree < this.#roots.length; tree++) {
			let node = this.#roots[tree] as number;
			let column = feature[node] as number;
			while (column >= 0) {
				const value = row[column] as number;
				const right =
					value > (threshold[node] as number) ||
					(Number.isNaN(value) && !this.#missingLeft[node]);
				node = (left[node] as number) + (right ? 1 : 0);
				column = feature[node] as number;
			}
			sum += this.#value[node] as number;
		}
		return sum;
	}
}
