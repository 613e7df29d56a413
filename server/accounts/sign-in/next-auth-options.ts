import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { NextAuthOptions } from "next-auth";
import { z } from "zod";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { emailAddress } from "../email-address.ts";
import { givenPassword } from "../password-input.ts";
import { revokeSession } from "../profile/own-account.ts";
import {
	createSession,
	findSessionUser,
	type Origin,
	SESSION_SECONDS,
} from "../sessions/session-store.ts";
import { createAuthenticator } from "./authenticate-request.ts";
import { checkCredentials } from "./check-credentials.ts";
import { parseProviderProfile } from "./oauth-providers.ts";
import {
	type ProviderName,
	signInThroughProvider,
} from "./sign-in-through-provider.ts";

const require = createRequire(import.meta.url);
const credentialsModule: typeof import("next-auth/providers/credentials") = require("next-auth/providers/credentials");

/** What signing in needs. */
export type SignInServices = Pick<
	Services,
	"db" | "config" | "secrets" | "clock" | "log" | "events"
>;

const credentialsInput = z.object({
	email: emailAddress,
	password: givenPassword,
});

/** Options are made for each request, since who is signed in and from where belongs to them. */
export function nextAuthOptions(
	services: SignInServices,
	providers: NextAuthOptions["providers"],
	request: IncomingMessage,
	origin: Origin,
): NextAuthOptions {
	const { db, config, secrets, clock, log } = services;
	/** Whose session the callback `jwt` is to begin, once the person is known. */
	let enteredUserId: string | undefined;
	return {
		secret: secrets.authSecret,
		useSecureCookies: config.publicUrl.startsWith("https:"),
		session: { strategy: "jwt", maxAge: SESSION_SECONDS },
		pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/" },
		logger: {
			error: (code, metadata) =>
				log.warn({ code, metadata }, "Signing in failed."),
			warn: (code) => log.debug({ code }, "next-auth warns."),
			debug: () => undefined,
		},
		providers: [
			credentialsModule.default({
				credentials: { email: {}, password: {} },
				async authorize(given) {
					const input = credentialsInput.safeParse(given);
					if (!input.success) throw new Error("notSignedIn");
					const user = await checkCredentials(
						services,
						input.data,
						origin,
					).catch(tellCode);
					enteredUserId = user.id;
					return { id: user.id };
				},
			}),
			...providers,
		],
		callbacks: {
			async signIn({ account, profile }) {
				if (account?.type !== "oauth") return enteredUserId !== undefined;
				const { user } = await createAuthenticator(services)(request);
				const outcome = await signInThroughProvider(
					services,
					parseProviderProfile(account.provider as ProviderName, profile),
					user?.id ?? null,
					origin,
				);
				if ("refused" in outcome)
					return user
						? `/account?error=${outcome.refused}`
						: `/sign-in?error=${outcome.refused}`;
				enteredUserId = outcome.userId;
				return true;
			},
			async jwt({ token, account }) {
				if (!account) return token;
				if (!enteredUserId) throw new Error("Nobody has signed in.");
				const sessionId = await createSession(
					db,
					enteredUserId,
					origin,
					clock.now(),
				);
				return { sessionId };
			},
			// A page that asks next-auth learns only whether the session still lives; pages ask `account.me`.
			async session({ session, token }) {
				const id = z.uuid().safeParse(token.sessionId).data;
				const user = id && (await findSessionUser(db, id, clock.now()));
				if (!user) return { expires: new Date(0).toISOString() };
				return { expires: session.expires, user: { name: user.name } };
			},
			redirect: ({ url, baseUrl }) => sameSiteUrl(url, baseUrl),
		},
		events: {
			async signOut() {
				const who = await createAuthenticator(services)(request);
				if (who.user && who.sessionId)
					await revokeSession(services, who.user.id, who.sessionId);
			},
		},
	};
}

/** The sign-in page knows our codes; anything else is a fault of ours and must not be told in an address. */
function tellCode(error: unknown): never {
	throw new Error(error instanceof AppError ? error.code : "internal", {
		cause: error,
	});
}

/** Where to go afterwards: a page of ours, wherever the address asks to go. */
function sameSiteUrl(url: string, baseUrl: string): string {
	const base = new URL(baseUrl);
	if (!URL.canParse(url, base)) return base.href;
	const target = new URL(url, base);
	return target.origin === base.origin ? target.href : base.href;
}
