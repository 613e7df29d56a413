/** Where to go after signing in: a path of ours, or the fallback. Never another site, whatever the address says. */
export function safeNextPath(next: unknown, fallback: string): string {
	if (typeof next !== "string" || !next.startsWith("/")) return fallback;
	const base = "http://lull.invalid";
	if (!URL.canParse(next, base)) return fallback;
	const url = new URL(next, base);
	return url.origin === base ? `${url.pathname}${url.search}` : fallback;
}
