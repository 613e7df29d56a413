import { EXIT, type ExitCode, exitCodeOfStatus } from "./exit-codes.ts";
import type { Problem } from "./problem.ts";

/** What went wrong, in a sentence for the person at the terminal, with the code that the command ends with. */
export class CliError extends Error {
	readonly exitCode: ExitCode;
	/** What `--json` prints. */
	readonly problem: Problem;

	constructor(
		exitCode: ExitCode,
		sentence: string,
		problem?: Partial<Problem>,
		options?: ErrorOptions,
	) {
		super(sentence, options);
		this.name = "CliError";
		this.exitCode = exitCode;
		this.problem = {
			type: "urn:lull:problem:command",
			title: "The command could not be carried out",
			status: 0,
			detail: sentence,
			...problem,
		};
	}
}

/** A mistake on the command line or in a file. */
export const usageError = (sentence: string): CliError =>
	new CliError(EXIT.usage, sentence, {
		type: "urn:lull:problem:usage",
		title: "The command cannot be understood",
	});

/** The server's own refusal. */
export const refusedBy = (problem: Problem): CliError =>
	new CliError(exitCodeOfStatus(problem.status), problem.detail, problem);

/** Nobody answers there, or nobody can now. */
export const unavailableError = (sentence: string, cause?: unknown): CliError =>
	new CliError(
		EXIT.unavailable,
		sentence,
		{
			type: "urn:lull:problem:unavailable",
			title: "The server does not answer",
			status: 503,
		},
		{ cause },
	);
