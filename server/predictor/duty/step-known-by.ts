import type { DutyContext } from "./duty-context.ts";

/** The step by which this share of what is known before `to` was measured. */
export function stepKnownBy(
	duty: DutyContext,
	to: number,
	share: number,
): number {
	const wanted = share * duty.knownIn(0, to);
	let low = 0;
	let high = to;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (duty.knownIn(0, middle) < wanted) low = middle + 1;
		else high = middle;
	}
	return low;
}
