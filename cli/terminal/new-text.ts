/** How much of the end of the earlier text is looked for in the later one. */
const OVERLAP = 400;

/**
 * What is new in a text that grows at its end and may lose its beginning, such as a bounded log: what follows the end of
 * `before` in `after`, or all of it when that end is gone.
 */
export function newText(before: string, after: string): string {
	if (after.startsWith(before)) return after.slice(before.length);
	const end = before.slice(-OVERLAP);
	const found = after.lastIndexOf(end);
	return found < 0 ? after : after.slice(found + end.length);
}
