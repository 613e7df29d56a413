import { Command } from "commander";
import type { Surroundings } from "./cli.ts";
import { addAccountCommands } from "./commands/account-commands.ts";
import { addRunCommand } from "./commands/add-run-command.ts";
import { addAppCommands } from "./commands/app-commands.ts";
import { addBatchCommands } from "./commands/batch-commands.ts";
import { addDeviceCommands } from "./commands/device-commands.ts";
import { addProjectCommands } from "./commands/project-commands.ts";

const AFTER_HELP = `
Exit codes:
  0 done             3 not signed in or not allowed   6 the server does not answer
  1 failed           4 not found                      7 the batch ended incomplete
  2 wrong usage      5 refused by the server          8 waits for a review
  130 interrupted

Environment: LULL_SERVER and LULL_TOKEN stand for --server and a sign-in.
With --json, standard output is one JSON value, and errors are problem details
(RFC 9457) on standard error.`;

/** The command line of `lull`. @param version  shown by --version */
export function createProgram(around: Surroundings, version: string): Command {
	const program = new Command("lull")
		.description("Science in the lulls of devices: the researchers' command.")
		.version(version)
		.option("--server <address>", "the portal, if not the one signed in to")
		.option("--json", "one JSON value instead of text")
		.configureHelp({ showGlobalOptions: true, sortSubcommands: false })
		.addHelpText("after", AFTER_HELP)
		.showSuggestionAfterError();
	addAccountCommands(program, around);
	addRunCommand(program, around);
	addProjectCommands(program, around);
	addAppCommands(program, around);
	addBatchCommands(program, around);
	addDeviceCommands(program, around);
	return program;
}
