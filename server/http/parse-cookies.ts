/** The cookies of a request's header. A value that is not validly encoded is taken as it is; the first of a name wins. */
export function parseCookies(
	header: string | undefined,
): Record<string, string> {
	const cookies: Record<string, string> = Object.create(null);
	for (const part of (header ?? "").split(";")) {
		const equals = part.indexOf("=");
		if (equals < 1) continue;
		const name = part.slice(0, equals).trim();
		if (name in cookies) continue;
		cookies[name] = decode(part.slice(equals + 1).trim());
	}
	return cookies;
}

function decode(value: string): string {
	const bare =
		value.length > 1 && value.startsWith('"') && value.endsWith('"')
			? value.slice(1, -1)
			: value;
	try {
		return decodeURIComponent(bare);
	} catch {
		return bare;
	}
}
