/** A decimal number without rounding: `digits` × 10^-`places`. */
export interface ExactDecimal {
	digits: bigint;
	places: number;
}

/** Reads what JavaScript prints of a number, exponents included, or the same as people write it. */
export function parseDecimal(value: number | string): ExactDecimal {
	const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(
		String(value),
	);
	if (!match) throw new RangeError(`“${value}” is not a number.`);
	const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
	const magnitude = BigInt(whole + fraction);
	const digits = sign === "-" ? -magnitude : magnitude;
	const places = fraction.length - Number(exponent);
	return places >= 0
		? { digits, places }
		: { digits: digits * 10n ** BigInt(-places), places: 0 };
}

/** The same number with more places. */
export const scaleTo = (
	{ digits, places }: ExactDecimal,
	more: number,
): bigint => digits * 10n ** BigInt(more - places);

/** As people write it: no zeros at the end, no point without digits after it. */
export function formatDecimal({ digits, places }: ExactDecimal): string {
	if (places === 0) return digits.toString();
	const magnitude = (digits < 0n ? -digits : digits)
		.toString()
		.padStart(places + 1, "0");
	const fraction = magnitude.slice(-places).replace(/0+$/, "");
	const sign = digits < 0n ? "-" : "";
	return `${sign}${magnitude.slice(0, -places)}${fraction && `.${fraction}`}`;
}
