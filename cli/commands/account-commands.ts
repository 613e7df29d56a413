import { hostname } from "node:os";
import type { Command } from "commander";
import {
	isLoopback,
	withoutToken,
	withToken,
	writeCredentials,
} from "../api/credentials.ts";
import { createPortalApi } from "../api/portal-api.ts";
import { action, type Cli, type Surroundings } from "../cli.ts";
import { CliError, usageError } from "../errors/cli-error.ts";
import { EXIT } from "../errors/exit-codes.ts";

interface LoginOptions {
	email?: string;
	passwordStdin?: boolean;
	token?: string;
}

const ROLES: [level: number, name: string][] = [
	[0, "super admin"],
	[10, "admin"],
	[20, "researcher"],
];

/** The role that an access level stands for. Lower is higher. */
export const roleOf = (accessLevel: number): string =>
	ROLES.find(([level]) => accessLevel <= level)?.[1] ?? "owner";

export function addAccountCommands(
	program: Command,
	around: Surroundings,
): void {
	program
		.command("login")
		.description(
			"sign in to a portal and keep a token for it (valid for 90 days)",
		)
		.option("--email <address>", "your e-mail address; asked for otherwise")
		.option("--password-stdin", "read the password from standard input")
		.option("--token <token>", "use a token made on the portal's account page")
		.action(action<LoginOptions>(around, login));
	program
		.command("logout")
		.description("revoke the token and forget it")
		.action(action(around, logout));
	program
		.command("whoami")
		.description("show who is signed in, and where")
		.action(action(around, showWhoIsSignedIn));
}

async function login(cli: Cli, options: LoginOptions): Promise<void> {
	const server = cli.server();
	const { protocol, hostname: host } = new URL(server);
	if (protocol === "http:" && !isLoopback(host))
		cli.terminal.tell(
			`Careful: ${server} is not encrypted. Your password and token can be read on the way.`,
		);
	const token = options.token ?? (await tradePassword(cli, server, options));
	const { user } = await createPortalApi(
		cli.clientFor(server, token),
	).account.me();
	if (!user)
		throw new CliError(
			EXIT.notAllowed,
			"The portal does not know this token, or it was revoked.",
		);
	await writeCredentials(
		cli.around.configFolder,
		withToken(cli.credentials, server, { token, email: user.email }),
	);
	cli.terminal.result(
		{ server, user },
		`Signed in to ${server} as ${user.name} <${user.email}>, ${roleOf(user.accessLevel)}.`,
	);
}

async function tradePassword(
	cli: Cli,
	server: string,
	{ email, passwordStdin }: LoginOptions,
): Promise<string> {
	if (passwordStdin && !email)
		throw usageError("With --password-stdin give --email too.");
	const { ask, readStandardInput } = cli.around;
	const answer = await createPortalApi(
		cli.clientFor(server, undefined),
	).account.signIn({
		email: email ?? (await ask("E-mail address: ")),
		password: passwordStdin
			? await readStandardInput()
			: await ask("Password: ", { hidden: true }),
		name: `lull on ${hostname()}`.slice(0, 80),
	});
	return answer.token.secret;
}

async function logout(cli: Cli): Promise<void> {
	const server = cli.server();
	const known = cli.credentials.servers[server];
	let revoked = false;
	if (known)
		revoked = await createPortalApi(cli.clientFor(server, known.token))
			.account.revokeThisToken()
			.then((answer) => answer.revoked)
			.catch((error: unknown) => {
				// Forgotten it is all the same; but the person should know that it would still work.
				if (error instanceof CliError && error.exitCode === EXIT.notAllowed)
					return true;
				cli.terminal.tell(
					`The token could not be revoked (${(error as Error).message}) Revoke it on the portal's account page.`,
				);
				return false;
			});
	await writeCredentials(
		cli.around.configFolder,
		withoutToken(cli.credentials, server),
	);
	cli.terminal.result(
		{ server, signedOut: known !== undefined, revoked },
		known ? `Signed out of ${server}.` : `You were not signed in to ${server}.`,
	);
}

async function showWhoIsSignedIn(cli: Cli): Promise<void> {
	const client = cli.client();
	const { user } = await createPortalApi(client).account.me();
	if (!user)
		throw new CliError(
			EXIT.notAllowed,
			`Nobody is signed in to ${client.server}. Run “lull login”.`,
		);
	cli.terminal.result(
		{ server: client.server, user },
		`${user.name} <${user.email}>, ${roleOf(user.accessLevel)} at ${client.server}`,
	);
}
