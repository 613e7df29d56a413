import { numbersAgree, type Tolerance } from "./numbers-agree.ts";
import type { OutputSummary } from "./output-summary.ts";

/** Two files and how near their numbers must be. */
export interface SummaryPair {
	a: OutputSummary;
	b: OutputSummary;
	tolerance: Tolerance;
}

/** True when two files say the same within the tolerance. */
export function summariesAgree({ a, b, tolerance }: SummaryPair): boolean {
	if (a.structure !== b.structure || a.numbers.length !== b.numbers.length)
		return false;
	for (let i = 0; i < a.numbers.length; i++)
		if (
			!numbersAgree(a.numbers[i] as number, b.numbers[i] as number, tolerance)
		)
			return false;
	return true;
}
