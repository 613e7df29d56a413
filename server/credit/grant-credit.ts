/**
 * The one amount that every valid task of a work unit gets, so that a device gains nothing by claiming more: of two
 * claims the lower; of three or more their mean without the highest and the lowest (the field's classic rule:
 * BOINC before CreditNew); of one, itself.
 */
export function grantCredit(claims: readonly number[]): number {
	const sorted = [...claims].sort((a, b) => a - b);
	if (sorted.length < 3) return sorted[0] ?? 0;
	const middle = sorted.slice(1, -1);
	return middle.reduce((sum, claim) => sum + claim, 0) / middle.length;
}
