import { spawn } from "node:child_process";

export type CommandOptions = {
	cwd?: string;
	/** Added to ours. */
	env?: Record<string, string>;
	timeoutMs?: number;
};

/** Runs a program to its end, and answers with its standard output; throws with what it said if it fails. */
export async function runCommand(
	file: string,
	args: string[],
	options: CommandOptions = {},
): Promise<string> {
	const child = spawn(file, args, {
		cwd: options.cwd,
		env: { ...process.env, ...options.env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: options.timeoutMs,
	});
	let output = "";
	let all = "";
	child.stdout.on("data", (chunk: Buffer) => {
		output += chunk.toString();
	});
	for (const stream of [child.stdout, child.stderr]) {
		stream.on("data", (chunk: Buffer) => {
			all = (all + chunk.toString()).slice(-20_000);
		});
	}
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	if (code === 0) return output;
	const end = all.trim().split("\n").slice(-15).join("\n");
	throw new Error(`${file} ${args.join(" ")} failed (${code}):\n${end}`);
}
