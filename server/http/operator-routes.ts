import type { ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import type { Config } from "../config.ts";
import { exactly, type Route } from "./route.ts";

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
