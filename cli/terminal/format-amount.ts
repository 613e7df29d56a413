const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes as people read them: `640 bytes`, `1.5 MiB`. */
export function formatBytes(bytes: number): string {
	const step = Math.min(
		UNITS.length - 1,
		bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10),
	);
	if (step === 0) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
	const amount = bytes / 1024 ** step;
	return `${amount.toFixed(amount < 10 ? 1 : 0)} ${UNITS[step]}`;
}

/** A time span as people read it, with its two largest units: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function formatSeconds(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const parts: [number, string][] = [
		[Math.floor(whole / 86_400), "d"],
		[Math.floor(whole / 3600) % 24, "h"],
		[Math.floor(whole / 60) % 60, "min"],
		[whole % 60, "s"],
	];
	const first = parts.findIndex(([amount]) => amount > 0);
	if (first < 0) return "0 s";
	return parts
		.slice(first, first + 2)
		.filter(([amount]) => amount > 0)
		.map(([amount, unit]) => `${amount} ${unit}`)
		.join(" ");
}

/** `1 work unit`, `12 work units`. */
export const formatCount = (count: number, noun: string): string =>
	`${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
