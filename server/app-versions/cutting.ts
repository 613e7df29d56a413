import { z } from "zod";
import { parameterNameSchema } from "../../agent/core/protocol.ts";

/**
 * How an app version's work units can be cut: which of its parameters say what piece of the whole a work unit is. Both
 * are whole numbers; the second is either how many things there are from the first on, or the last of them.
 */
export const cuttingSchema = z
	.object({
		first: parameterNameSchema,
		size: parameterNameSchema.optional(),
		last: parameterNameSchema.optional(),
		/** No part is made smaller than this many things. */
		smallest: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
	})
	.refine(
		({ size, last }) => (size === undefined) !== (last === undefined),
		"say either the parameter for the size or the one for the last",
	)
	.refine(
		({ first, size, last }) => first !== size && first !== last,
		"the two parameters must be different ones",
	);
export type Cutting = z.infer<typeof cuttingSchema>;
