import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { exactly, type Route, under } from "../http/route.ts";
import type { Logger } from "../logger.ts";
import { appRouter } from "./app-router.ts";
import type { ContextFactory } from "./context.ts";
import { logProcedureFailure } from "./log-procedure-failure.ts";
import { createOpenApiDocument, REST_PREFIX } from "./open-api-document.ts";
import { createRestHandler } from "./rest-handler.ts";

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
		onError: logProcedureFailure(log),
	});
	return { matches: under(TRPC_PREFIX), handle: handler };
}

/** The same procedures as REST, and their description. */
export function restRoutes(makeContext: ContextFactory, log: Logger): Route[] {
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
		{
			matches: under(REST_PREFIX),
			handle: createRestHandler(makeContext, log),
		},
	];
}
