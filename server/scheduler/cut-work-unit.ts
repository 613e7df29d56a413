import { z } from "zod";
import {
	type Parameters,
	parameterNameSchema,
} from "../../agent/core/protocol.ts";

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

export interface WorkUnitPart {
	parameters: Parameters;
	/** Of the batch's estimated operations. */
	share: number;
}

/**
 * Cuts a work unit in two, the first part as near to `wantedShare` of the batch's operations as its bounds allow and
 * never above. Together the parts are the whole: no thing is lost, none is in both.
 * @param share what the work unit is of the batch's operations
 * @returns undefined when it cannot be cut so: too small already, or its parameters are not such numbers
 */
export function cutWorkUnit(
	parameters: Parameters,
	cutting: Cutting,
	share: number,
	wantedShare: number,
): [WorkUnitPart, WorkUnitPart] | undefined {
	const first = wholeNumber(parameters[cutting.first]);
	const second = wholeNumber(parameters[cutting.size ?? cutting.last ?? ""]);
	if (first === undefined || second === undefined) return undefined;
	const size = cutting.size ? second : second - first + 1;
	const { smallest } = cutting;
	const kept = Math.min(
		Math.floor((size * wantedShare) / share),
		size - smallest,
	);
	if (!Number.isSafeInteger(first + size) || kept < smallest) return undefined;
	const part = (from: number, count: number): WorkUnitPart => ({
		parameters: {
			...parameters,
			[cutting.first]: String(from),
			...(cutting.size && { [cutting.size]: String(count) }),
			...(cutting.last && { [cutting.last]: String(from + count - 1) }),
		},
		share: (share * count) / size,
	});
	return [part(first, kept), part(first + kept, size - kept)];
}

function wholeNumber(text: string | undefined): number | undefined {
	if (text === undefined || !/^-?\d{1,16}$/.test(text)) return undefined;
	const value = Number(text);
	return Number.isSafeInteger(value) ? value : undefined;
}
