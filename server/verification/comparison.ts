import { z } from "zod";

/** How the outputs of two tasks of one work unit are held against each other. */
export const comparisonSchema = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("bitwise") }),
	z.object({
		kind: z.literal("numeric"),
		/** `table`: columns separated by white space. */
		format: z.enum(["json", "csv", "table"]),
		/** Two numbers agree when |a − b| ≤ max(absolute, relative · max(|a|, |b|)). */
		absolute: z.number().min(0).max(1e300),
		relative: z.number().min(0).max(1),
	}),
]);
export type Comparison = z.infer<typeof comparisonSchema>;
export type NumericComparison = Extract<Comparison, { kind: "numeric" }>;
