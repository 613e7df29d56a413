const whole = new Intl.NumberFormat("en");
const oneDecimal = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", {
	notation: "compact",
	maximumSignificantDigits: 3,
});

const BYTE_UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `12,345` */
export const showCount = (count: number): string => whole.format(count);

/** `1 work unit`, `12 work units`. */
export const showCounted = (count: number, thing: string): string =>
	`${showCount(count)} ${thing}${count === 1 ? "" : "s"}`;

/** `3.2 MiB` from bytes. */
export function showBytes(bytes: number): string {
	const step = Math.min(
		BYTE_UNITS.length - 1,
		bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10),
	);
	return `${oneDecimal.format(bytes / 1024 ** step)} ${BYTE_UNITS[step]}`;
}

/** `3.2 × 10^12` said as people do: `3.2T`; above that in powers of ten. */
export function showOperations(operations: number): string {
	if (operations < 1e15) return compact.format(operations);
	const power = Math.floor(Math.log10(operations));
	return `${oneDecimal.format(operations / 10 ** power)} × 10^${power}`;
}

/** `4 min`, `2 h 10 min`, `3 days` from seconds: rough, as an estimate should be. */
export function showSpan(seconds: number): string {
	if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${hours} h ${minutes % 60} min`;
	return `${Math.round(hours / 24)} days`;
}
