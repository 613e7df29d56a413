import type { ServerResponse } from "node:http";
import { describeDatabaseTrouble } from "../database/database-trouble.ts";
import { AppError, ERROR_CODES } from "../errors.ts";
import type { Logger } from "../logger.ts";

/**
 * Answers with problem details (RFC 9457) for what went wrong outside tRPC. What we did not foresee is logged and told
 * as "internal". When the answer has begun already, the connection is cut, which is all that can still be said.
 */
export function sendProblem(
	response: ServerResponse,
	error: unknown,
	log: Logger,
): void {
	const trouble = describeDatabaseTrouble(error);
	const known =
		error instanceof AppError
			? error
			: trouble === undefined
				? undefined
				: new AppError("unavailable", trouble);
	if (!known) log.error({ err: error }, "A request failed.");
	else if (trouble) log.warn({ err: error }, "The database was in the way.");
	if (response.headersSent) return void response.destroy();
	const code = known?.code ?? "internal";
	const { status, title } = ERROR_CODES[code];
	const detail =
		known?.message ?? "Something went wrong on our side. It has been logged.";
	for (const name of response.getHeaderNames()) response.removeHeader(name);
	response.writeHead(status, {
		"content-type": "application/problem+json",
		"cache-control": "no-store",
		"x-content-type-options": "nosniff",
	});
	response.end(
		JSON.stringify({ type: `urn:lull:problem:${code}`, title, status, detail }),
	);
}
