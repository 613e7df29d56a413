import type { IncomingMessage } from "node:http";
import type { ApiScope } from "../accounts/api-scope.ts";
import { clientAddress } from "../http/client-address.ts";
import type { Services } from "../services.ts";

/** Who asks. */
export interface CurrentUser {
	id: string;
	name: string;
	email: string;
	accessLevel: number;
}

/** What every procedure gets: who asks, from where, and the services it may use. */
export interface Context extends Services {
	user: CurrentUser | null;
	/** Present when the person came with an API token instead of a cookie. */
	token: { id: string; scopes: ApiScope[] } | null;
	/** The browser session that the cookie names. */
	sessionId: string | null;
	/** Where the request came from, for the sign-in history and limits. */
	address: string;
	browser: string;
}

/** Finds out who asks. Written against this type so that tests can stand in for it. */
export type Authenticator = (
	request: IncomingMessage,
) => Promise<Pick<Context, "user" | "token" | "sessionId">>;

/** The context of one request over HTTP, also for socket handshakes. */
export async function createContext(
	services: Services,
	authenticate: Authenticator,
	request: IncomingMessage,
): Promise<Context> {
	return {
		...services,
		...(await authenticate(request)),
		address: clientAddress(request, services.config.trustedProxies),
		browser: (request.headers["user-agent"] ?? "").slice(0, 300),
	};
}
