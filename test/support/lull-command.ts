import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import type { Surroundings } from "../../cli/cli.ts";
import { runCli } from "../../cli/run-cli.ts";

export interface CommandOutcome {
	code: number;
	out: string;
	err: string;
	/** Standard output as JSON. */
	json(): unknown;
}

export type Lull = (
	...line: [...argv: string[], changes: Partial<Surroundings>] | string[]
) => Promise<CommandOutcome>;

/**
 * Gives the test file that calls it the `lull` command, in this process, with a configuration folder of its own. Pauses
 * are cut short, so that nobody waits for a server that stays away. What stands around the command can be changed by a
 * last argument.
 */
export function lullCommand(): { run: Lull; folder: () => string } {
	let folder = "";
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "lull-command-"));
	});
	afterAll(() => rm(folder, { recursive: true, force: true }));
	const run: Lull = async (...line) => {
		const last = line.at(-1);
		const changes = typeof last === "object" ? last : {};
		const argv = line.flatMap((part) =>
			typeof part === "string" ? [part] : [],
		);
		const written = { out: "", err: "" };
		const stream = (name: "out" | "err") => ({
			write: (text: string) => {
				written[name] += text;
			},
		});
		const code = await runCli(
			argv,
			{
				env: {},
				configFolder: join(folder, "config"),
				out: stream("out"),
				err: stream("err"),
				ask: async (question) => {
					throw new Error(`Nobody answers “${question}” in a test.`);
				},
				readStandardInput: async () => "",
				fetch,
				pause: (ms, signal) => wait(Math.min(ms, 20), undefined, { signal }),
				random: () => 0.5,
				now: Date.now,
				signal: new AbortController().signal,
				...changes,
			},
			"0.0.0-test",
		);
		return { code, ...written, json: () => JSON.parse(written.out) };
	};
	return { run, folder: () => folder };
}
