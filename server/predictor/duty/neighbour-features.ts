/** How many known samples on either side are averaged. */
const NEAREST = [2, 5, 15, 50, 200] as const;
export const NEIGHBOUR_FEATURES = NEAREST.length * 3 + 3;

/**
 * For filling in samples of a day from those that are known: means of the nearest known samples before and after, of
 * both sides, and the time. A sample's own group is never among its neighbours, neither in training nor in asking, so
 * that both look alike: groups of one sample for samples left out one by one, of an hour for hours left out whole.
 * @param known which samples may be used
 * @param group of each sample; samples of a group are neighbours in time
 * @returns NEIGHBOUR_FEATURES numbers for each sample
 */
export function neighbourFeatures(
	load: Float32Array,
	known: Uint8Array,
	group: Int32Array,
): Float32Array {
	const samples = load.length;
	const before = new Int32Array(samples + 1);
	const sums = new Float64Array(samples + 1);
	const positions: number[] = [];
	for (let i = 0; i < samples; i++) {
		if (known[i]) {
			sums[positions.length + 1] =
				(sums[positions.length] as number) + (load[i] as number);
			positions.push(i);
		}
		before[i + 1] = positions.length;
	}
	const values = new Float32Array(samples * NEIGHBOUR_FEATURES);
	for (let from = 0; from < samples; ) {
		let to = from + 1;
		while (to < samples && group[to] === group[from]) to++;
		// Known samples are numbered; those of this group are [first, end).
		const first = before[from] as number;
		const end = before[to] as number;
		const mean = (low: number, high: number) => {
			const a = Math.max(0, low);
			const b = Math.min(positions.length, high);
			return b > a
				? ((sums[b] as number) - (sums[a] as number)) / (b - a)
				: Number.NaN;
		};
		for (let i = from; i < to; i++) {
			let at = i * NEIGHBOUR_FEATURES;
			const left = i - (positions[first - 1] ?? Number.NaN);
			const right = (positions[end] ?? Number.NaN) - i;
			for (const count of NEAREST) {
				const a = mean(first - count, first);
				const b = mean(end, end + count);
				values[at++] = a;
				values[at++] = b;
				// Between both sides, nearer to the nearer one.
				values[at++] = (a * right + b * left) / (left + right);
			}
			values[at++] = i;
			values[at++] = left;
			values[at++] = right;
		}
		from = to;
	}
	return values;
}
