import type { IncomingMessage, ServerResponse } from "node:http";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import type { Registry } from "prom-client";
import { appRouter } from "../api/app-router.ts";
import {
	createOpenApiDocument,
	REST_PREFIX,
} from "../api/open-api-document.ts";
import type { ContextFactory } from "../api/rest-handler.ts";
import { createRestHandler } from "../api/rest-handler.ts";
import { problemOf } from "../api/trpc.ts";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { isSameOrigin } from "./is-same-origin.ts";
import { sendProblem } from "./send-problem.ts";

export type Handler = (
	request: IncomingMessage,
	response: ServerResponse,
) => unknown;
export type Route = { matches: (path: string) => boolean; handle: Handler };

/** The address itself and everything below it. */
export const under = (prefix: string) => (path: string) =>
	path === prefix || path.startsWith(`${prefix}/`);
const exactly = (address: string) => (path: string) => path === address;

const TRPC_PREFIX = "/api/trpc";
const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** One page asks for a handful of procedures at once. */
const MAX_BATCH = 30;

/** tRPC for the portal's pages. */
export function trpcRoute(makeContext: ContextFactory, log: Logger): Route {
	const handler = createHTTPHandler({
		router: appRouter,
		basePath: `${TRPC_PREFIX}/`,
		maxBodySize: MAX_BODY_BYTES,
		maxBatchSize: MAX_BATCH,
		createContext: ({ req }) => makeContext(req),
		onError({ error, path }) {
			if (problemOf(error).status >= 500)
				log.error({ err: error.cause ?? error, path }, "A procedure failed.");
		},
	});
	return { matches: under(TRPC_PREFIX), handle: handler };
}

/** The same procedures as REST, and their description. */
export function restRoutes(makeContext: ContextFactory): Route[] {
	let description: string | undefined;
	return [
		{
			matches: exactly(`${REST_PREFIX}/openapi.json`),
			handle(_request, response) {
				description ??= JSON.stringify(createOpenApiDocument());
				response
					.writeHead(200, { "content-type": "application/json" })
					.end(description);
			},
		},
		{ matches: under(REST_PREFIX), handle: createRestHandler(makeContext) },
	];
}

/** For whoever watches over the server: alive, ready, and in figures. */
export function operatorRoutes(
	config: Config,
	isReady: () => Promise<boolean>,
	metrics: Registry,
): Route[] {
	const say = (response: ServerResponse, status: number, text: string) =>
		response
			.writeHead(status, { "content-type": "text/plain; charset=utf-8" })
			.end(`${text}\n`);
	return [
		{
			matches: exactly("/healthz"),
			handle: (_request, response) => say(response, 200, "alive"),
		},
		{
			matches: exactly("/readyz"),
			async handle(_request, response) {
				const ready = await isReady().catch(() => false);
				say(
					response,
					ready ? 200 : 503,
					ready ? "ready" : "the database does not answer",
				);
			},
		},
		{
			matches: exactly("/metrics"),
			async handle(request, response) {
				const wanted = config.metricsToken;
				if (wanted && request.headers.authorization !== `Bearer ${wanted}`)
					return say(response, 401, "a bearer token is needed");
				const text = await metrics.metrics();
				response
					.writeHead(200, { "content-type": metrics.contentType })
					.end(text);
			},
		},
	];
}

/** The first route that matches takes the request; a failure that nobody foresaw is logged and told without details. */
export function createRequestListener(
	routes: readonly Route[],
	config: Config,
	log: Logger,
): Handler {
	return async (request, response) => {
		const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
		secure(response);
		try {
			demandOwnOrigin(request, path, config);
			await routes
				.find(({ matches }) => matches(path))
				?.handle(request, response);
		} catch (error) {
			sendProblem(response, error, log);
		}
	};
}

/** Changes that come with a cookie must come from our own pages. A bearer token proves more than a cookie can. */
function demandOwnOrigin(
	request: IncomingMessage,
	path: string,
	config: Config,
): void {
	const changes = !["GET", "HEAD", "OPTIONS"].includes(request.method ?? "GET");
	const byCookie =
		request.headers.authorization === undefined &&
		request.headers.cookie !== undefined;
	if (
		changes &&
		byCookie &&
		path.startsWith("/api/") &&
		!isSameOrigin(request, config.publicUrl)
	)
		throw new AppError("notAllowed", "This request came from another site.");
}

function secure(response: ServerResponse): void {
	response.setHeader("x-content-type-options", "nosniff");
	response.setHeader("x-frame-options", "DENY");
	response.setHeader("referrer-policy", "same-origin");
}
