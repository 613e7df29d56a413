import type { AgentLog } from "./core/agent-log.ts";

/** A log of one line each, to stderr, so that stdout stays for answers. */
export function makeStderrLog(json: boolean): AgentLog {
	const write =
		(level: "info" | "warn") =>
		(sentence: string, details: Record<string, unknown> = {}) => {
			const time = new Date().toISOString();
			const line = json
				? JSON.stringify({ time, level, message: sentence, ...details })
				: `${time} ${level === "warn" ? "! " : ""}${sentence}${inWords(details)}`;
			process.stderr.write(`${line}\n`);
		};
	return { info: write("info"), warn: write("warn") };
}

function inWords(details: Record<string, unknown>): string {
	const parts = Object.entries(details).map(
		([key, value]) => `${key}=${value}`,
	);
	return parts.length ? ` (${parts.join(", ")})` : "";
}
