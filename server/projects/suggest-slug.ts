const LONGEST = 48;
/** A page's address, and what could be taken for an id. */
const NO_SLUG = /^new$|^[0-9a-f]{8}-[0-9a-f]{4}-/;

/**
 * An address for a project of this name: lower-case letters, digits and single hyphens, 3 to 48 of them. Letters with
 * accents lose them; a name without any Latin letter or digit becomes "project".
 */
export function suggestSlug(name: string): string {
	const slug = name
		.replaceAll("ß", "ss")
		.normalize("NFKD")
		.replaceAll(/[\u0300-\u036f'’]/g, "")
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "-")
		.slice(0, LONGEST)
		.replaceAll(/^-+|-+$/g, "");
	if (slug.length >= 3 && !NO_SLUG.test(slug)) return slug;
	return slug ? `project-${slug}`.slice(0, LONGEST) : "project";
}

/** The first of `slug`, `slug-2`, `slug-3`… that is not taken. */
export function firstFreeSlug(
	slug: string,
	taken: ReadonlySet<string>,
): string {
	for (let count = 1; ; count++) {
		const ending = count === 1 ? "" : `-${count}`;
		const candidate = slug.slice(0, LONGEST - ending.length) + ending;
		if (!taken.has(candidate)) return candidate;
	}
}
