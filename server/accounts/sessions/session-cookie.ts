import { createRequire } from "node:module";
import { z } from "zod";

// next-auth is CommonJS; loaders disagree on what its default export is, `require` does not.
const { encode, decode }: typeof import("next-auth/jwt") = createRequire(
	import.meta.url,
)("next-auth/jwt");

/** What the cookie holds, encrypted: only which session it is. Everything else is asked from the database. */
const sessionClaims = z.object({ sessionId: z.uuid() });

const isSecure = (publicUrl: string) => publicUrl.startsWith("https:");

/** As next-auth names it: the prefix makes browsers refuse to send it over plain http. */
export const sessionCookieName = (publicUrl: string): string =>
	`${isSecure(publicUrl) ? "__Secure-" : ""}next-auth.session-token`;

/** Undefined for anything that we did not encrypt ourselves. */
export async function readSessionCookie(
	value: string | undefined,
	secret: string,
): Promise<string | undefined> {
	if (!value || value.length > 4096) return undefined;
	try {
		const claims = await decode({ token: value, secret });
		return sessionClaims.safeParse(claims).data?.sessionId;
	} catch {
		return undefined;
	}
}

/** A cookie's value for a session, as next-auth makes it. */
export const writeSessionCookie = (
	sessionId: string,
	secret: string,
	maxAge: number,
): Promise<string> => encode({ token: { sessionId }, secret, maxAge });
