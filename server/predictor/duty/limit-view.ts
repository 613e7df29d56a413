/**
 * A series seen against one limit. With it, whether any past window was clean is one look: `nextBusy` of its first
 * step. A step is busy when its load is at or above the limit; a missing step is neither busy nor clean.
 */
export interface LimitView {
	limitPercent: number;
	/** For each step the first busy one at or after it; the number of steps when there is none. */
	nextBusy: Int32Array;
	/** For each step (and the end) the last busy one before it; -1 when there is none. */
	lastBusy: Int32Array;
	/** How many steps before this one are known and under the limit. */
	cleanBefore: Int32Array;
}

/** One pass over the values. */
export function viewLimit(
	values: Float32Array,
	limitPercent: number,
): LimitView {
	const steps = values.length;
	const nextBusy = new Int32Array(steps + 1);
	const lastBusy = new Int32Array(steps + 1);
	const cleanBefore = new Int32Array(steps + 1);
	let last = -1;
	let clean = 0;
	for (let i = 0; i < steps; i++) {
		lastBusy[i] = last;
		cleanBefore[i] = clean;
		const value = values[i] as number;
		if (value >= limitPercent) last = i;
		else if (value < limitPercent) clean++;
	}
	lastBusy[steps] = last;
	cleanBefore[steps] = clean;
	let next = steps;
	nextBusy[steps] = steps;
	for (let i = steps - 1; i >= 0; i--) {
		if ((values[i] as number) >= limitPercent) next = i;
		nextBusy[i] = next;
	}
	return { limitPercent, nextBusy, lastBusy, cleanBefore };
}
