import type { IncomingMessage } from "node:http";
import { parseCookies } from "../../http/parse-cookies.ts";
import type { Services } from "../../services.ts";
import type { Authenticator, Caller } from "../current-user.ts";
import { sha256Of } from "../secret-code.ts";
import {
	readSessionCookie,
	sessionCookieName,
} from "../sessions/session-cookie.ts";
import { findSessionUser } from "../sessions/session-store.ts";
import { scopesLeft } from "../tokens/api-token-rules.ts";
import { findLiveToken } from "../tokens/api-token-store.ts";
import { TOKEN_PREFIX } from "../tokens/create-api-token.ts";

const nobody: Caller = { user: null, token: null, sessionId: null };

/**
 * Finds out who asks: by an API token in the Authorization header, or else by the session that the cookie names. A
 * header wins over a cookie, and one that is not valid makes its sender nobody, whatever cookie came along. Rights
 * are read from the database each time, so that a change counts at once.
 */
export function createAuthenticator(
	services: Pick<Services, "db" | "config" | "secrets" | "clock">,
): Authenticator {
	return async (request) => {
		const { authorization } = request.headers;
		return authorization === undefined
			? byCookie(services, request)
			: byToken(services, authorization);
	};
}

async function byToken(
	{ db, clock }: Pick<Services, "db" | "clock">,
	authorization: string,
): Promise<Caller> {
	const [scheme, secret, ...rest] = authorization.trim().split(/\s+/);
	if (scheme?.toLowerCase() !== "bearer" || rest.length > 0) return nobody;
	if (!secret?.startsWith(TOKEN_PREFIX)) return nobody;
	const found = await findLiveToken(db, sha256Of(secret), clock.now());
	if (!found) return nobody;
	const { id, user } = found;
	const scopes = scopesLeft(found.scopes, user.accessLevel);
	return { user, token: { id, scopes }, sessionId: null };
}

async function byCookie(
	{
		db,
		config,
		secrets,
		clock,
	}: Pick<Services, "db" | "config" | "secrets" | "clock">,
	request: IncomingMessage,
): Promise<Caller> {
	const cookies = parseCookies(request.headers.cookie);
	const sessionId = await readSessionCookie(
		cookies[sessionCookieName(config.publicUrl)],
		secrets.authSecret,
	);
	if (!sessionId) return nobody;
	const user = await findSessionUser(db, sessionId, clock.now());
	return user ? { user, token: null, sessionId } : nobody;
}
