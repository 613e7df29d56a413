import type { IncomingMessage, ServerResponse } from "node:http";
import { validate as isUuid } from "uuid";
import type { Authenticator } from "../../accounts/current-user.ts";
import { AppError } from "../../errors.ts";
import { contentDisposition } from "../../http/content-headers.ts";
import { sendProblem } from "../../http/send-problem.ts";
import type { Services } from "../../services.ts";
import { demandBatchAccess } from "../batches/batch-access.ts";
import { getBatch } from "../batches/batch-store.ts";
import { writeResultsArchive } from "./write-results-archive.ts";
import { writeResultsLines } from "./write-results-lines.ts";

const ADDRESS = /^\/batches\/([^/]+)\/results\.(zip|jsonl)$/;

/** True for the addresses that the route below answers. */
export const isResultsAddress = (path: string): boolean => ADDRESS.test(path);

const FORMATS = {
	zip: { type: "application/zip", write: writeResultsArchive },
	jsonl: {
		type: "application/jsonl; charset=utf-8",
		write: writeResultsLines,
	},
} as const;

/**
 * All results of a batch in one download: `/batches/<id>/results.zip` and `.jsonl`, for whoever may see the batch, with
 * a cookie or an API token.
 */
export function createResultsArchiveRoute(
	services: Services,
	authenticate: Authenticator,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
	return async (request, response) => {
		try {
			await answer(services, authenticate, request, response);
		} catch (error) {
			sendProblem(response, error, services.log);
		}
	};
}

async function answer(
	services: Services,
	authenticate: Authenticator,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const path = (request.url ?? "").split("?", 1)[0] ?? "";
	const [, batchId = "", extension] = ADDRESS.exec(path) ?? [];
	const format = FORMATS[extension as keyof typeof FORMATS];
	if (request.method !== "GET" && request.method !== "HEAD")
		throw new AppError("invalidInput", "This address takes GET and HEAD only.");
	if (!format || !isUuid(batchId))
		throw new AppError("notFound", "There is no such batch.");
	await demandReader(services, authenticate, request, batchId);
	const batch = await getBatch(services.db, batchId);
	response.writeHead(200, {
		"content-type": format.type,
		"content-disposition": contentDisposition(
			`${batch.project.slug}-${batch.name}.${extension}`.replaceAll("/", "-"),
		),
		"cache-control": "private, no-store",
		"x-content-type-options": "nosniff",
	});
	if (request.method === "HEAD") return void response.end();
	const left = new AbortController();
	response.once("close", () => left.abort());
	await format.write(services, batchId, response, left.signal);
}

/** @throws AppError notSignedIn, notAllowed, notFound */
async function demandReader(
	{ db }: Services,
	authenticate: Authenticator,
	request: IncomingMessage,
	batchId: string,
): Promise<void> {
	const { user, token } = await authenticate(request);
	if (!user) throw new AppError("notSignedIn", "Sign in to do this.");
	if (token && !token.scopes.some((scope) => ["read", "work"].includes(scope)))
		throw new AppError("notAllowed", "The API token lacks the scope “work”.");
	await demandBatchAccess(db, user, batchId);
}
