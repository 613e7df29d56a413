import { parse } from "cookie";

/** The cookies of a request's header. A value that is not validly encoded is taken as it is; the first of a name wins. */
export const parseCookies = (
	header: string | undefined,
): Record<string, string> =>
	// Onto nothing: no name that a stranger sends is one that an object has already.
	Object.assign(Object.create(null), parse(header ?? "", { decode }));

/** As the package does it, but some clients put values in quotes, which are none of them. */
function decode(value: string): string {
	const bare = /^"(.*)"$/.exec(value)?.[1] ?? value;
	try {
		return decodeURIComponent(bare);
	} catch {
		return bare;
	}
}
