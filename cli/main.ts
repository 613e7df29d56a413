import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import manifest from "../package.json" with { type: "json" };
import { runCli } from "./run-cli.ts";
import { askAtTerminal, readStandardInput } from "./terminal/ask.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, () => stop.abort(new Error("Stopped.")));
// What reads our output may have seen enough, like head(1).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(0);
	throw error;
});

const code = await runCli(
	process.argv.slice(2),
	{
		env: process.env,
		configFolder: join(
			process.env.XDG_CONFIG_HOME || join(homedir(), ".config"),
			"lull",
		),
		out: process.stdout,
		err: process.stderr,
		ask: askAtTerminal,
		readStandardInput,
		fetch,
		pause: (ms, signal) => wait(ms, undefined, { signal }),
		random: Math.random,
		now: Date.now,
		signal: stop.signal,
	},
	manifest.version,
);
// Set, not called: what is still on its way to a pipe is written first.
process.exitCode = code;
