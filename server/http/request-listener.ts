import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { isSameOrigin } from "./is-same-origin.ts";
import type { Handler, Route } from "./route.ts";
import { sendProblem } from "./send-problem.ts";

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
