const BAR = 24;

/** A bar of `share` (0 to 1) with its percentage: `█████░░░░░  48 %`. */
export function progressBar(share: number): string {
	const known = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
	const full = Math.floor(known * BAR);
	// 100 % is for what is really over.
	const percent = Math.floor(known * 100);
	return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${String(percent).padStart(3)} %`;
}

/** Cuts a line so that a terminal of so many columns never wraps it. */
export function fitLine(text: string, columns: number): string {
	if (text.length < columns) return text;
	return `${text.slice(0, Math.max(1, columns - 2))}…`;
}
