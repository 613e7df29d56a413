import type { NumericComparison } from "../../server/verification/comparison.ts";
import { summariesAgree } from "../../server/verification/summaries-agree.ts";
import { summariseOutput } from "../../server/verification/summarise-output.ts";

/** What a comparison of two files comes to, here and at once; the server reads them in threads. */
export function contentsAgree(
	a: string,
	b: string,
	{ format, ...tolerance }: NumericComparison,
): boolean {
	if (a === b) return true;
	const [x, y] = [a, b].map((text) =>
		summariseOutput({ bytes: Buffer.from(text), format }),
	);
	return !!x && !!y && summariesAgree({ a: x, b: y, tolerance });
}
