export type Cell = string | number | null | undefined;

/** Rows under a header, in columns that are as wide as their content; numbers to the right. No space at the ends. */
export function formatTable(
	header: readonly string[],
	rows: readonly (readonly Cell[])[],
): string {
	const texts = rows.map((row) => row.map((cell) => oneLine(cell)));
	const widths = header.map((title, i) =>
		Math.max(title.length, ...texts.map((row) => row[i]?.length ?? 0)),
	);
	const isNumber = header.map((_, i) =>
		rows.every((row) => typeof row[i] === "number" || row[i] == null),
	);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, i) =>
				isNumber[i]
					? cell.padStart(widths[i] ?? 0)
					: cell.padEnd(widths[i] ?? 0),
			)
			.join("  ")
			.trimEnd();
	return [line(header), ...texts.map(line)].join("\n");
}

/** What a terminal may be shown: other people's text must not move the cursor or change colours. */
export const oneLine = (cell: Cell): string =>
	String(cell ?? "").replaceAll(/\p{Cc}+/gu, " ");
