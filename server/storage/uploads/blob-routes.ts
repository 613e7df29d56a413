import type { IncomingMessage, ServerResponse } from "node:http";
import { validate as isUuid } from "uuid";
import { AppError } from "../../errors.ts";
import { sendProblem } from "../../http/send-problem.ts";
import type { Services } from "../../services.ts";
import { isSha256 } from "../blobs/blob-store.ts";
import { demandSignature } from "../blobs/signed-address.ts";
import { serveBlob } from "./serve-blob.ts";
import { createTusUploads, type TusUploads } from "./tus-uploads.ts";

/** Everything below /blobs. Whoever holds a signed address may use it; nothing else opens anything. */
export function createBlobRoutes(
	services: Services,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
	const uploads = createTusUploads(services);
	return async (request, response) => {
		try {
			const address = request.url ?? "";
			if (!URL.canParse(address, "http://server"))
				throw new AppError("notFound", "There is no such file.");
			const url = new URL(address, "http://server");
			await answer(services, uploads, url, request, response);
		} catch (error) {
			sendProblem(response, error, services.log);
		}
	};
}

async function answer(
	services: Services,
	uploads: TusUploads,
	url: URL,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const [, , first = "", id = "", ...rest] = url.pathname.split("/");
	if (first === "uploads" && isUuid(id) && rest.length === 0) {
		demandMethod(request, response, ["HEAD", "PATCH"]);
		demandUploadSignature(services, id, url.searchParams);
		return uploads.handle(id, request, response);
	}
	if (!isSha256(first) || id)
		throw new AppError("notFound", "There is no such file.");
	demandMethod(request, response, ["GET", "HEAD"]);
	const fileName = url.searchParams.get("name") ?? undefined;
	demandSignature(
		services.secrets.blobSecret,
		{ kind: "download", sha256: first, ...(fileName && { fileName }) },
		url.searchParams,
		services.clock.now(),
	);
	await serveBlob(services.blobs, first, fileName ?? first, request, response);
}

function demandUploadSignature(
	{ secrets, clock }: Services,
	uploadId: string,
	query: URLSearchParams,
): void {
	const claim = { kind: "upload", uploadId } as const;
	demandSignature(secrets.blobSecret, claim, query, clock.now());
}

function demandMethod(
	request: IncomingMessage,
	response: ServerResponse,
	allowed: readonly string[],
): void {
	if (allowed.includes(request.method ?? "")) return;
	response.setHeader("allow", allowed.join(", "));
	throw new AppError(
		"invalidInput",
		`This address takes ${allowed.join(" and ")} only.`,
	);
}
