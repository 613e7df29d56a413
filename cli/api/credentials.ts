import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { usageError } from "../errors/cli-error.ts";

const credentialsSchema = z.object({
	/** The portal that is used when none is named. */
	current: z.string().optional(),
	/** Tokens by portal. */
	servers: z
		.record(z.string(), z.object({ token: z.string(), email: z.string() }))
		.default({}),
});
export type Credentials = z.infer<typeof credentialsSchema>;

const fileIn = (configFolder: string): string =>
	join(configFolder, "credentials.json");

/** What `lull login` kept; empty when it never did. @throws CliError when the file is damaged */
export async function readCredentials(
	configFolder: string,
): Promise<Credentials> {
	const file = fileIn(configFolder);
	try {
		return credentialsSchema.parse(JSON.parse(await readFile(file, "utf8")));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT")
			return { servers: {} };
		throw usageError(
			`${file} cannot be read. Delete it and run “lull login” again.`,
		);
	}
}

/** Written aside and moved into place, readable by nobody else at any moment. */
export async function writeCredentials(
	configFolder: string,
	credentials: Credentials,
): Promise<void> {
	await mkdir(configFolder, { recursive: true, mode: 0o700 });
	await writeFileAtomic(
		fileIn(configFolder),
		`${JSON.stringify(credentials, null, "\t")}\n`,
		{ mode: 0o600 },
	);
}

/** The credentials with one portal's token added, as the one to use from now on. */
export const withToken = (
	{ servers }: Credentials,
	server: string,
	token: Credentials["servers"][string],
): Credentials => ({
	current: server,
	servers: { ...servers, [server]: token },
});

/** The credentials without a portal's token. */
export function withoutToken(
	{ current, servers }: Credentials,
	server: string,
): Credentials {
	const { [server]: _gone, ...rest } = servers;
	return {
		...(current && current !== server && { current }),
		servers: rest,
	};
}

/** Whether what is sent to this host stays on this machine. */
export const isLoopback = (host: string): boolean =>
	/^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host);

/** An address as people type it, as the origin that we keep. @throws CliError */
export function parseServerAddress(text: string): string {
	const scheme = isLoopback(text.split(":")[0] ?? "") ? "http" : "https";
	const address = /^https?:\/\//i.test(text) ? text : `${scheme}://${text}`;
	if (!URL.canParse(address))
		throw usageError(
			`“${text}” is not an address such as https://lull.example.org.`,
		);
	const url = new URL(address);
	if (url.pathname !== "/" || url.search || url.username)
		throw usageError(
			`Give the portal's address without anything behind it: ${url.origin}`,
		);
	return url.origin;
}
