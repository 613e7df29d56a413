import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError, usageError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";

export type Ask = (
	question: string,
	options?: { hidden?: boolean },
) => Promise<string>;

/** Asks at the terminal; what is typed to a hidden question is not shown. @throws CliError when there is nobody to ask */
export const askAtTerminal: Ask = async (question, { hidden = false } = {}) => {
	const { stdin, stderr } = process;
	if (!stdin.isTTY)
		throw usageError(
			`Nobody can be asked for “${question.replace(/:\s*$/, "")}” here. Give --email and pipe the password in with --password-stdin, or use --token.`,
		);
	let muted = false;
	const output = new Writable({
		write(chunk, _encoding, done) {
			if (!muted) stderr.write(chunk);
			done();
		},
	});
	const lines = createInterface({ input: stdin, output, terminal: true });
	// Ctrl-C and Ctrl-D come to the line editor, not to the process, while it asks.
	const leave = new AbortController();
	for (const event of ["SIGINT", "close"] as const)
		lines.once(event, () => leave.abort());
	try {
		const answer = lines.question(question, { signal: leave.signal });
		muted = hidden;
		return await answer;
	} catch (error) {
		if (!leave.signal.aborted) throw error;
		throw new CliError(EXIT.interrupted, "Stopped.");
	} finally {
		// Closing it is told as leaving, too.
		const left = leave.signal.aborted;
		lines.close();
		if (hidden || left) stderr.write("\n");
	}
};

/** Everything on standard input, without the line break at its end. */
export async function readStandardInput(): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks)
		.toString("utf8")
		.replace(/\r?\n$/, "");
}
