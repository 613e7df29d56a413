import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { usageError } from "./cli-error.ts";

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
	try {
		const answer = lines.question(question);
		muted = hidden;
		return await answer;
	} finally {
		lines.close();
		if (hidden) stderr.write("\n");
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
