import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type ByteRange, parseByteRange } from "../../http/byte-range.ts";
import { contentHeaders } from "../../http/content-headers.ts";
import type { BlobStore } from "../blobs/blob-store.ts";

/**
 * Answers GET or HEAD for a blob that the caller may have: the whole, a range (206, 416), or "you have it" (304). Ends
 * quietly when the client leaves.
 *
 * @throws AppError notFound
 */
export async function serveBlob(
	blobs: BlobStore,
	sha256: string,
	fileName: string,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const size = await blobs.size(sha256);
	const etag = `"${sha256}"`;
	for (const [name, value] of Object.entries({
		...contentHeaders(fileName),
		etag,
		"accept-ranges": "bytes",
		"cache-control": "private, max-age=31536000, immutable",
	}))
		response.setHeader(name, value);
	if (hasAlready(request.headers["if-none-match"], etag))
		return void response.writeHead(304).end();
	const range = rangeOf(request, etag, size);
	if (range === "unsatisfiable")
		return void response
			.writeHead(416, { "content-range": `bytes */${size}` })
			.end();
	await send(blobs, sha256, { size, range }, request, response);
}

/** Bytes of a blob never change, so If-Range can only fail when it names another blob. */
function rangeOf(request: IncomingMessage, etag: string, size: number) {
	const ifRange = request.headers["if-range"];
	return ifRange === undefined || ifRange === etag
		? parseByteRange(request.headers.range, size)
		: undefined;
}

const hasAlready = (header: string | undefined, etag: string): boolean =>
	header?.split(",").some((tag) => ["*", etag].includes(tag.trim())) ?? false;

async function send(
	blobs: BlobStore,
	sha256: string,
	{ size, range }: { size: number; range: ByteRange | undefined },
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const content =
		request.method === "HEAD" ? undefined : await blobs.read(sha256, range);
	response.writeHead(range ? 206 : 200, {
		"content-length": range?.bytes ?? size,
		...(range && {
			"content-range": `bytes ${range.offset}-${range.offset + range.bytes - 1}/${size}`,
		}),
	});
	if (!content) return void response.end();
	await pipeline(content, response).catch((error: NodeJS.ErrnoException) => {
		// The client left. What else goes wrong now can only be told by cutting the connection, which pipeline did.
		if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
	});
}
