const credit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const little = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const compact = new Intl.NumberFormat("en", {
	notation: "compact",
	maximumFractionDigits: 1,
});

/** Cobblestones: one decimal while they are few, and two digits of less than one, so that a little is not nothing. */
export function showCredit(value: number): string {
	if (value >= 100_000) return compact.format(value);
	return value < 1 ? little.format(value) : credit.format(value);
}

/** `3.2 GiB` from MiB. */
export const showMemory = (mebibytes: number | null): string | undefined => {
	if (mebibytes === null) return undefined;
	if (mebibytes < 1024) return `${mebibytes} MiB`;
	const gibibytes = mebibytes / 1024;
	return gibibytes < 1024
		? `${credit.format(gibibytes)} GiB`
		: `${credit.format(gibibytes / 1024)} TiB`;
};

const words = new Intl.NumberFormat("en", {
	notation: "compact",
	compactDisplay: "long",
	maximumFractionDigits: 1,
});

/** `3.2 billion`. */
export const showLarge = (value: number | null): string | undefined =>
	value === null ? undefined : words.format(value);

/** `4 min 10 s` from seconds. */
export function showDuration(seconds: number | null): string {
	if (seconds === null) return "–";
	if (seconds < 60) return `${credit.format(seconds)} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `42 ms`, `0.8 s` from milliseconds: how soon something was done. */
export function showLatency(milliseconds: number | null): string {
	if (milliseconds === null) return "–";
	return milliseconds < 500
		? `${Math.max(1, Math.round(milliseconds))} ms`
		: `${credit.format(milliseconds / 1000)} s`;
}
