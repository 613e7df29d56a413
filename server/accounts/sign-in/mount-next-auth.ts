import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { NextApiRequest, NextApiResponse } from "next";
import { AppError } from "../../errors.ts";
import { clientAddress } from "../../http/client-address.ts";
import { parseCookies } from "../../http/parse-cookies.ts";
import { readForm } from "../../http/read-form.ts";
import { sendProblem } from "../../http/send-problem.ts";
import type { Origin } from "../sessions/session-store.ts";
import { nextAuthOptions, type SignInServices } from "./next-auth-options.ts";
import { configuredProviders } from "./oauth-providers.ts";

const require = createRequire(import.meta.url);
const { default: nextAuth }: typeof import("next-auth") = require("next-auth");

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

/**
 * next-auth on our own HTTP server, for paths under /api/auth/: bundled by Next it would live apart from the server's
 * memory and database connections. Its cookie only names a row of Session; the row decides.
 */
export function mountNextAuth(
	services: SignInServices,
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
				nextAuthOptions(services, providers, request, origin),
			);
		} catch (error) {
			sendProblem(response, error, services.log);
		}
	};
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
