import type { IncomingMessage } from "node:http";

/**
 * True when a request that carries a cookie comes from our own pages. Browsers say where a request comes from in
 * Sec-Fetch-Site, older ones in Origin; a program sends neither, and has no cookie that somebody else gave it.
 */
export function isSameOrigin(
	request: Pick<IncomingMessage, "headers">,
	publicUrl: string,
): boolean {
	const { origin, host } = request.headers;
	const site = request.headers["sec-fetch-site"];
	if (site !== undefined && site !== "same-origin" && site !== "none")
		return false;
	if (origin === undefined) return true;
	if (!URL.canParse(origin)) return false;
	// Behind a proxy the public address counts; on a device's own network people use whatever name reaches it.
	return origin === publicUrl || new URL(origin).host === host;
}
