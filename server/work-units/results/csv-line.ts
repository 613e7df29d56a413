/**
 * One line of CSV (RFC 4180). Text that a spreadsheet would take for a formula is kept from it by an apostrophe, since
 * outputs and parameters come from elsewhere.
 */
export const csvLine = (
	values: readonly (string | number | null | undefined)[],
): string => `${values.map(csvField).join(",")}\r\n`;

function csvField(value: string | number | null | undefined): string {
	const text = String(value ?? "");
	const isNumber = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text);
	const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
