import { createHash } from "node:crypto";

/** One number for all outputs of a task: equal lists of (path, content) and only those have equal digests. */
export function digestOutputs(
	outputs: readonly { path: string; sha256: string }[],
): string {
	const lines = outputs.map(({ path, sha256 }) => `${sha256} ${path}\n`).sort();
	return createHash("sha256").update(lines.join("")).digest("hex");
}
