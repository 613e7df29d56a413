import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A program of a device's owner that answers requests as fast as it can while there are any: each takes some
 * milliseconds of the processor, walks through memory as big as a cache, and writes a little to a file. It waits for
 * `{ burstMs }` from its parent and answers with how long each request of the burst took.
 */
const folder = mkdtempSync(join(tmpdir(), "lull-owner-"));
const file = openSync(join(folder, "log"), "w");
const block = Buffer.alloc(256 * 1024, "x");
const table = new Float64Array(512 * 1024);
const line = Buffer.alloc(4096, "l");

function answerRequest(): void {
	for (let at = 0; at < table.length; at += 8)
		table[at] = (table[at] ?? 0) * 0.5 + at;
	for (let round = 0; round < 4; round++)
		createHash("sha256").update(block).digest();
	writeSync(file, line, 0, line.length, 0);
}

process.on("message", ({ burstMs }: { burstMs: number }) => {
	const latencies: number[] = [];
	const begun = performance.now();
	for (let now = begun; now - begun < burstMs; ) {
		answerRequest();
		const after = performance.now();
		latencies.push(after - now);
		now = after;
	}
	process.send?.({ seconds: (performance.now() - begun) / 1000, latencies });
});
process.on("disconnect", () => {
	closeSync(file);
	rmSync(folder, { recursive: true, force: true });
	process.exit();
});
process.send?.("ready");
