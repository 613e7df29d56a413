import type { Command } from "commander";
import { ApiClient } from "./api/api-client.ts";
import {
	type Credentials,
	parseServerAddress,
	readCredentials,
} from "./api/credentials.ts";
import { usageError } from "./errors/cli-error.ts";
import type { Ask } from "./terminal/ask.ts";
import { Terminal, type TextStream } from "./terminal/terminal.ts";

/** What a command finds around it; tests give their own. */
export interface Surroundings {
	env: Record<string, string | undefined>;
	/** Where credentials and what is half done are kept. */
	configFolder: string;
	out: TextStream;
	err: TextStream;
	ask: Ask;
	readStandardInput: () => Promise<string>;
	fetch: typeof fetch;
	pause: (ms: number, signal: AbortSignal) => Promise<void>;
	random: () => number;
	now: () => number;
	/** Aborted when the person presses Ctrl-C. */
	signal: AbortSignal;
}

/** Options that every command takes. */
export interface GlobalOptions {
	server?: string;
	json?: boolean;
}

/** A command that runs: where it speaks, and with which portal. */
export interface Cli {
	around: Surroundings;
	terminal: Terminal;
	credentials: Credentials;
	/** The portal that was named or signed in to. @throws CliError when there is none */
	server(): string;
	/** Speaks with the portal as the person who signed in. @throws CliError when nobody did */
	client(): ApiClient;
	/** Speaks with a portal, with a token or as nobody. */
	clientFor(server: string, token: string | undefined): ApiClient;
}

export async function openCli(
	around: Surroundings,
	options: GlobalOptions,
): Promise<Cli> {
	const terminal = new Terminal(around, options.json ?? false, around.now);
	const credentials = await readCredentials(around.configFolder);
	const named = options.server ?? around.env.LULL_SERVER;
	const server = () => {
		const address = named ?? credentials.current;
		if (!address)
			throw usageError(
				"Which portal? Run “lull login --server <address>” first.",
			);
		return parseServerAddress(address);
	};
	const clientFor = (origin: string, token: string | undefined) =>
		new ApiClient({
			...around,
			server: origin,
			token,
			onAway: (sentence) => terminal.tell(sentence),
		});
	return {
		around,
		terminal,
		credentials,
		server,
		clientFor,
		client: () =>
			clientFor(
				server(),
				around.env.LULL_TOKEN || credentials.servers[server()]?.token,
			),
	};
}

/**
 * Makes an action for commander: opens the command with its options, the global ones included, and hands on the
 * arguments.
 */
export function action<O>(
	around: Surroundings,
	work: (
		cli: Cli,
		options: O & GlobalOptions,
		...args: string[]
	) => Promise<void>,
) {
	return async (...given: unknown[]): Promise<void> => {
		const command = given.at(-1) as Command;
		const options = command.optsWithGlobals<O & GlobalOptions>();
		const cli = await openCli(around, options);
		await work(cli, options, ...(given.slice(0, -2) as string[]));
	};
}
