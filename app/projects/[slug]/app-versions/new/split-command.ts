/**
 * A command as people type it, split into its parts: blanks separate, single and double quotes keep together. Nothing
 * is expanded: no shell ever sees it. An open quote reaches to the end.
 */
export function splitCommand(text: string): string[] {
	const parts: string[] = [];
	let part: string | undefined;
	let quote = "";
	for (const character of text) {
		if (quote) {
			if (character === quote) quote = "";
			else part += character;
		} else if (character === "'" || character === '"') {
			quote = character;
			part ??= "";
		} else if (/\s/.test(character)) {
			if (part !== undefined) parts.push(part);
			part = undefined;
		} else {
			part = (part ?? "") + character;
		}
	}
	if (part !== undefined) parts.push(part);
	return parts;
}

/** The parts as one line that `splitCommand` splits into them again. */
export const joinCommand = (parts: readonly string[]): string =>
	parts
		.map((part) => {
			if (/^[^\s'"]+$/.test(part)) return part;
			// What holds one kind of quote is put into the other; both, piece by piece.
			return (
				part
					.split(/(')/)
					.filter((piece) => piece !== "")
					.map((piece) => (piece === "'" ? `"'"` : `'${piece}'`))
					.join("") || "''"
			);
		})
		.join(" ");
