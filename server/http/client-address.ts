import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * Where a request comes from. Each of the `trustedProxies` in front of us has added the address it saw at the end of
 * X-Forwarded-For; what stands before those could be anyone's invention.
 */
export function clientAddress(
	request: Pick<IncomingMessage, "headers" | "socket">,
	trustedProxies: number,
): string {
	const direct = plain(request.socket.remoteAddress ?? "");
	if (trustedProxies === 0) return direct;
	const header = request.headers["x-forwarded-for"];
	const chain = (Array.isArray(header) ? header.join(",") : (header ?? ""))
		.split(",")
		.map((part) => plain(part.trim()));
	const claimed = chain.at(-trustedProxies) ?? "";
	return isIP(claimed) ? claimed : direct;
}

/** IPv4 that came in over an IPv6 socket, as people know it. */
const plain = (address: string): string =>
	address.replace(/^::ffff:(?=\d+\.)/i, "");
