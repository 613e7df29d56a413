import { z } from "zod";

/** A line of what the engine says while it builds, pulls or loads. */
const messageSchema = z.object({
	stream: z.string().optional(),
	status: z.string().optional(),
	id: z.string().optional(),
	error: z.string().optional(),
	aux: z.object({ ID: z.string().optional() }).optional(),
});
export type EngineMessage = z.infer<typeof messageSchema>;

/** The engine's own words on why it did not do what was asked. */
export class EngineError extends Error {
	override name = "EngineError";
}

const LONGEST_LINE = 1024 * 1024;

/**
 * Follows a job of the engine to its end: its calls answer when a job BEGINS. Keeps nothing but the line it reads, so
 * that a build may print for ever.
 *
 * @throws EngineError with the engine's own sentence when the job failed
 */
export async function followEngineStream(
	stream: NodeJS.ReadableStream,
	onMessage: (message: EngineMessage) => void,
): Promise<void> {
	let rest = "";
	const decoder = new TextDecoder();
	for await (const chunk of stream) {
		rest += decoder.decode(chunk as Uint8Array, { stream: true });
		const lines = rest.split("\n");
		rest = (lines.pop() ?? "").slice(0, LONGEST_LINE);
		for (const line of lines) follow(line, onMessage);
	}
	follow(rest, onMessage);
}

function follow(
	line: string,
	onMessage: (message: EngineMessage) => void,
): void {
	const message = parseMessage(line);
	if (!message) return;
	if (message.error !== undefined) throw new EngineError(message.error);
	onMessage(message);
}

function parseMessage(line: string): EngineMessage | undefined {
	try {
		return messageSchema.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined;
	}
}
