/** The beginning of a Markdown text as plain words: no headings, tables, marks, links or code. */
export const plainSummary = (markdown: string): string =>
	markdown
		.replaceAll(/^#{1,6}\s.*$/gm, "")
		.replaceAll(/^\s*\|.*$/gm, "")
		.replaceAll(/```[\s\S]*?(```|$)/g, "")
		.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
		.replaceAll(/[*_`>|]/g, "")
		.replaceAll(/\s+/g, " ")
		.trim();
