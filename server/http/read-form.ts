import type { IncomingMessage } from "node:http";
import { AppError } from "../errors.ts";

const MAX_BYTES = 64 * 1024;

/**
 * The fields of a posted form, or of a flat JSON object.
 * @throws AppError tooLarge, invalidInput
 */
export async function readForm(
	request: IncomingMessage,
): Promise<Record<string, string>> {
	const text = await readText(request);
	const type = request.headers["content-type"] ?? "";
	if (!type.includes("application/json"))
		return Object.fromEntries(new URLSearchParams(text));
	const value = parseJson(text);
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new AppError("invalidInput", "The body must be a JSON object.");
	return Object.fromEntries(
		Object.entries(value).flatMap(([name, field]) =>
			["string", "number", "boolean"].includes(typeof field)
				? [[name, String(field)]]
				: [],
		),
	);
}

async function readText(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request) {
		bytes += chunk.length;
		if (bytes > MAX_BYTES)
			throw new AppError("tooLarge", "The body is too large.");
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text || "{}");
	} catch {
		throw new AppError("invalidInput", "The body is not JSON.");
	}
}
