import { type Command, CommanderError } from "commander";
import type { Surroundings } from "./cli.ts";
import { createProgram } from "./create-program.ts";
import { CliError, usageError } from "./errors/cli-error.ts";
import { EXIT, type ExitCode } from "./errors/exit-codes.ts";
import { Terminal } from "./terminal/terminal.ts";

/** Carries out one command line and answers with the code to end with. Never throws. */
export async function runCli(
	argv: readonly string[],
	around: Surroundings,
	version: string,
): Promise<ExitCode> {
	const json = argv.includes("--json");
	const program = createProgram(around, version);
	const said: string[] = [];
	forEachCommand(program, (command) =>
		command.exitOverride().configureOutput({
			writeOut: (text) => void around.out.write(text),
			writeErr: (text) => void said.push(text),
		}),
	);
	try {
		await program.parseAsync(argv, { from: "user" });
		return EXIT.ok;
	} catch (error) {
		if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
		const known = toCliError(error, said.join(""), around.signal);
		if (isHelp(error) && !json) around.err.write(said.join(""));
		else
			new Terminal(around, json, around.now).fail(known.problem, known.message);
		return known.exitCode;
	}
}

/** A group of commands without one of them: its help is shown, and that is the whole answer. */
const isHelp = (error: unknown): boolean =>
	error instanceof CommanderError && error.code === "commander.help";

function toCliError(
	error: unknown,
	said: string,
	signal: AbortSignal,
): CliError {
	if (error instanceof CliError) return error;
	if (error instanceof CommanderError)
		return usageError(said.trim().replace(/^error: /, "") || error.message);
	if (signal.aborted)
		return new CliError(EXIT.interrupted, "Stopped.", {
			type: "urn:lull:problem:interrupted",
			title: "The command was interrupted",
		});
	return new CliError(EXIT.failed, (error as Error).message, {
		type: "urn:lull:problem:failed",
		title: "The command failed",
	});
}

function forEachCommand(
	command: Command,
	visit: (command: Command) => void,
): void {
	visit(command);
	for (const child of command.commands) forEachCommand(child, visit);
}
