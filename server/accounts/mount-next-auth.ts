import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { NextApiRequest, NextApiResponse } from "next";
import type { NextAuthOptions } from "next-auth";
import { z } from "zod";
import { AppError } from "../errors.ts";
import { clientAddress } from "../http/client-address.ts";
import { parseCookies } from "../http/parse-cookies.ts";
import { readForm } from "../http/read-form.ts";
import { sendProblem } from "../http/send-problem.ts";
import type { Services } from "../services.ts";
import { createAuthenticator } from "./authenticate-request.ts";
import { checkCredentials } from "./check-credentials.ts";
import { emailAddress } from "./email-address.ts";
import {
	configuredProviders,
	parseProviderProfile,
} from "./oauth-providers.ts";
import { revokeSession } from "./own-account.ts";
import { givenPassword } from "./password-input.ts";
import {
	createSession,
	findSessionUser,
	type Origin,
	SESSION_SECONDS,
} from "./session-store.ts";
import {
	type ProviderName,
	signInThroughProvider,
} from "./sign-in-through-provider.ts";

const require = createRequire(import.meta.url);
const { default: nextAuth }: typeof import("next-auth") = require("next-auth");
const credentialsModule: typeof import("next-auth/providers/credentials") = require("next-auth/providers/credentials");

type Needs = Pick<
	Services,
	"db" | "config" | "secrets" | "clock" | "log" | "events"
>;

const PREFIX = "/api/auth/";
/** What next-auth offers to the world. Its `_log`, which lets anyone write into our log, is not among it. */
const ACTIONS = new Set([
	"providers",
	"session",
	"csrf",
	"signin",
	"signout",
	"callback",
	"error",
]);

const credentialsInput = z.object({
	email: emailAddress,
	password: givenPassword,
});

/**
 * next-auth on our own HTTP server, for paths under /api/auth/: bundled by Next it would live apart from the server's
 * memory and database connections. Its cookie only names a row of Session; the row decides.
 */
export function mountNextAuth(
	services: Needs,
	providers = configuredProviders(services.config),
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
	// With this, next-auth takes its own address from the headers, which `adaptRequest` sets to the public one.
	process.env.AUTH_TRUST_HOST = "true";
	return async (request, response) => {
		try {
			const origin: Origin = {
				address: clientAddress(request, services.config.trustedProxies),
				browser: (request.headers["user-agent"] ?? "").slice(0, 300),
			};
			const adapted = await adaptRequest(request, services.config.publicUrl);
			await nextAuth(
				adapted,
				adaptResponse(response),
				optionsFor(services, providers, request, origin),
			);
		} catch (error) {
			sendProblem(response, error, services.log);
		}
	};
}

/** Options are made for each request, since who is signed in and from where belongs to them. */
function optionsFor(
	services: Needs,
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

/** What next-auth reads of a Next request: query, cookies, body, and headers that name the public address. */
async function adaptRequest(
	request: IncomingMessage,
	publicUrl: string,
): Promise<NextApiRequest> {
	const url = new URL(request.url ?? "/", publicUrl);
	const [action = "", ...rest] = url.pathname.slice(PREFIX.length).split("/");
	if (!ACTIONS.has(action) || rest.length > 1)
		throw new AppError("notFound", "There is no such address.");
	// next-auth takes a password only by POST, and answers anything else as if it were broken.
	if (
		action === "callback" &&
		rest[0] === "credentials" &&
		request.method !== "POST"
	)
		throw new AppError("invalidInput", "Signing in is done with POST.");
	const body = request.method === "POST" ? await readForm(request) : {};
	const { host, protocol } = new URL(publicUrl);
	const adapted = {
		method: request.method,
		query: {
			...Object.fromEntries(url.searchParams),
			nextauth: [action, ...rest],
		},
		cookies: parseCookies(request.headers.cookie),
		body,
		headers: {
			...request.headers,
			"x-forwarded-host": host,
			"x-forwarded-proto": protocol.slice(0, -1),
		},
	};
	return adapted as unknown as NextApiRequest;
}

/** The three methods that next-auth calls of a Next response, on Node's. */
function adaptResponse(response: ServerResponse): NextApiResponse {
	const adapted = Object.assign(response, {
		status(code: number) {
			response.statusCode = code;
			return adapted;
		},
		json(value: unknown) {
			response.setHeader("content-type", "application/json");
			response.setHeader("cache-control", "private, no-store");
			response.end(JSON.stringify(value));
		},
		send(value: unknown) {
			if (typeof value === "object" && value !== null) {
				adapted.json(value);
				return;
			}
			response.setHeader("cache-control", "private, no-store");
			response.end(value === undefined ? "" : String(value));
		},
	});
	return adapted as unknown as NextApiResponse;
}
