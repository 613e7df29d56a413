/** How far apart two numbers may be and still count as the same result. */
export interface Tolerance {
	absolute: number;
	relative: number;
}

/**
 * |a − b| ≤ max(absolute, relative · max(|a|, |b|)): symmetric in a and b, as a comparison of equals must be.
 * NaN agrees with NaN and an infinity with itself: a result that is not a number is still a result.
 */
export function numbersAgree(
	a: number,
	b: number,
	{ absolute, relative }: Tolerance,
): boolean {
	if (Object.is(a, b) || a === b) return true;
	if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
	return (
		Math.abs(a - b) <=
		Math.max(absolute, relative * Math.max(Math.abs(a), Math.abs(b)))
	);
}
