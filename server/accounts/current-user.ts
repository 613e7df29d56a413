import type { IncomingMessage } from "node:http";
import type { ApiScope } from "./api-scope.ts";

/** Who asks. */
export interface CurrentUser {
	id: string;
	name: string;
	email: string;
	accessLevel: number;
}

/** Who asks, and how they showed it. */
export interface Caller {
	user: CurrentUser | null;
	/** Present when the person came with an API token instead of a cookie. */
	token: { id: string; scopes: ApiScope[] } | null;
	/** The browser session that the cookie names. */
	sessionId: string | null;
}

/** Finds out who asks. Written against this type so that tests can stand in for it. */
export type Authenticator = (request: IncomingMessage) => Promise<Caller>;
