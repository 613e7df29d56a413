/** Steps that are looked through one by one at either end of a range; between them whole blocks are asked. */
const BLOCK = 16;

/**
 * Maxima over ranges of a series in constant time: a sparse table over blocks of sixteen steps. NaN counts as nothing.
 * Memory is about half a byte a step and level, built in one pass.
 */
export class RangeMaximum {
	readonly #values: Float32Array;
	/** levels[k][b] is the maximum of the 2^k blocks from b on. */
	readonly #levels: Float32Array[];

	constructor(values: Float32Array) {
		this.#values = values;
		const blocks = Math.ceil(values.length / BLOCK);
		const first = new Float32Array(blocks);
		for (let b = 0; b < blocks; b++)
			first[b] = this.#scan(
				b * BLOCK,
				Math.min((b + 1) * BLOCK, values.length),
			);
		this.#levels = [first];
		for (let half = 1; half * 2 <= blocks; half *= 2)
			this.#levels.push(
				doubled(this.#levels.at(-1) as Float32Array, half, blocks),
			);
	}

	/** The greatest value of steps `from` up to, not including, `to`; -Infinity when all are missing or there are none. */
	over(from: number, to: number): number {
		const firstBlock = Math.ceil(from / BLOCK);
		const endBlock = Math.floor(to / BLOCK);
		if (endBlock <= firstBlock) return this.#scan(from, to);
		const level = 31 - Math.clz32(endBlock - firstBlock);
		const table = this.#levels[level] as Float32Array;
		return Math.max(
			this.#scan(from, firstBlock * BLOCK),
			table[firstBlock] as number,
			table[endBlock - (1 << level)] as number,
			this.#scan(endBlock * BLOCK, to),
		);
	}

	#scan(from: number, to: number): number {
		let maximum = Number.NEGATIVE_INFINITY;
		for (let i = from; i < to; i++) {
			const value = this.#values[i] as number;
			if (value > maximum) maximum = value;
		}
		return maximum;
	}
}

function doubled(
	lower: Float32Array,
	half: number,
	blocks: number,
): Float32Array {
	const level = new Float32Array(blocks - 2 * half + 1);
	for (let b = 0; b < level.length; b++)
		level[b] = Math.max(lower[b] as number, lower[b + half] as number);
	return level;
}
