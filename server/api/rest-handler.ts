import type { IncomingMessage, ServerResponse } from "node:http";
import { createOpenApiNodeHttpHandler } from "trpc-to-openapi";
import type { Logger } from "../logger.ts";
import { appRouter } from "./app-router.ts";
import type { ContextFactory } from "./context.ts";
import { logProcedureFailure } from "./log-procedure-failure.ts";
import { REST_PREFIX } from "./open-api-document.ts";
import { problemOf } from "./trpc.ts";

/** Bodies above this are refused: files go through uploads. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Serves the procedures as REST; the request's address has lost its prefix by then. Errors are problem details. */
export function createRestHandler(makeContext: ContextFactory, log: Logger) {
	const handler = createOpenApiNodeHttpHandler({
		router: appRouter,
		createContext: ({ req }: { req: IncomingMessage }) => makeContext(req),
		maxBodySize: MAX_BODY_BYTES,
		onError: logProcedureFailure(log),
		responseMeta: ({ errors }) => {
			const error = errors[0];
			return error
				? {
						status: problemOf(error).status,
						headers: { "content-type": "application/problem+json" },
					}
				: { headers: { "cache-control": "no-store" } };
		},
	});
	return async (
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void> => {
		request.url = (request.url ?? "/").slice(REST_PREFIX.length) || "/";
		await handler(request, response);
	};
}
