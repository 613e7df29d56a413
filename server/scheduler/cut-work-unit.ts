import type { Parameters } from "../../agent/core/protocol.ts";
import type { Cutting } from "../app-versions/cutting.ts";

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
