import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request that carries a cookie comes from our own pages. To be asked before anything is changed for a
 * cookie's sake; requests with an API token need not be asked, since no other site can make a browser send one.
 * Browsers say where a request comes from in Sec-Fetch-Site, older ones in Origin; who says neither is not believed.
 */
export function isSameOrigin(
	request: { headers: IncomingHttpHeaders },
	publicUrl: string,
): boolean {
	const { origin, host } = request.headers;
	const site = request.headers["sec-fetch-site"];
	if (site !== undefined) return site === "same-origin";
	if (origin === undefined || !URL.canParse(origin)) return false;
	// People may reach us by another name than the public one, such as 127.0.0.1.
	return origin === new URL(publicUrl).origin || new URL(origin).host === host;
}
