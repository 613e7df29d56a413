import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { oneAtATime } from "../process/one-at-a-time.ts";
import { runCommand } from "../process/run-command.ts";
import { tell } from "../process/tell.ts";
import { hashFiles } from "./hash-files.ts";

const root = join(import.meta.dirname, "..", "..");
const stamp = join(root, ".next", "made-from");
/** Whatever can change what Next builds. */
const sources = [
	"app",
	"agent/core/protocol.ts",
	"next.config.js",
	"package-lock.json",
	"postcss.config.mjs",
	"server",
	"tsconfig.json",
];

/** Builds the pages for production, unless the build that is there is of the same sources. */
export async function buildPages(): Promise<void> {
	await oneAtATime(join(root, ".next-building"), async () => {
		const source = await hashFiles(root, sources);
		if ((await readFile(stamp, "utf8").catch(() => "")) === source) return;
		tell("Building the pages …");
		const require = createRequire(import.meta.url);
		const next = join(
			dirname(require.resolve("next/package.json")),
			"dist",
			"bin",
			"next",
		);
		await runCommand(process.execPath, [next, "build"], {
			cwd: root,
			env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
		});
		await writeFile(stamp, source);
	});
}
