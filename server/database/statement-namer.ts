/** So many statements have a name at the most: each connection keeps a plan for every one of them. */
const MOST_NAMES = 1000;
/**
 * So many texts that differ only in the length of their lists. A state or two more or less in a list are a few; ids as
 * many as there happen to be are as many texts as there are numbers.
 */
const MOST_LENGTHS = 8;
/** Longer texts are lists of many rows, and would take their time to look through. */
const LONGEST_TEXT = 20_000;

/**
 * Names for statements: PostgreSQL keeps the plan of a statement that has one. A text always gets the same name, or the
 * empty one, which keeps nothing. Lists of changing length (`IN ($1, $2, …)`, `VALUES (…), (…), …`) get a few names and
 * then none, so that they neither use the names up nor fill every connection's memory. Where it matters, hand over an
 * array instead (`= ANY($1)`, `unnest($1)`): that is one text, whatever its length.
 */
export function createStatementNamer(): (query: { sql: string }) => string {
	const names = new Map<string, string>();
	const lengths = new Map<string, number>();
	return ({ sql }) => {
		const known = names.get(sql);
		if (known !== undefined) return known;
		if (names.size >= MOST_NAMES || sql.length > LONGEST_TEXT) return "";
		const shape = shapeOf(sql);
		const before = lengths.get(shape) ?? 0;
		if (before >= MOST_LENGTHS) return "";
		lengths.set(shape, before + 1);
		const name = `lull_${names.size}`;
		names.set(sql, name);
		return name;
	};
}

/** The text without the numbers of its parameters and the lengths of its lists. */
function shapeOf(sql: string): string {
	return sql
		.replaceAll(/\$\d+/g, "$")
		.replaceAll(/CAST\(\$::text AS [^)]*\)/g, "$")
		.replaceAll(/(?:\$|null|DEFAULT)(?:, ?(?:\$|null|DEFAULT))*/gi, "$")
		.replaceAll(/\(\$\)(?:, ?\(\$\))+/g, "($)");
}
