import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ApiClient } from "../../cli/api/api-client.ts";
import { type DemoAccount, demoAccounts } from "../../prisma/seed.ts";
import { tell } from "../process/tell.ts";

/** Longer than a portal takes that was killed and starts again. */
export const patienceMs = 120_000;

const tokenSchema = z.object({ token: z.object({ secret: z.string() }) });
const scopesOfRole: Record<DemoAccount["role"], string[]> = {
	"super admin": ["read", "moderation"],
	admin: ["read", "moderation"],
	researcher: ["read", "projects", "work"],
	owner: ["read", "devices"],
};

export type DemoPerson = {
	account: DemoAccount;
	token: string;
	/** Speaks REST as this person. */
	client: ApiClient;
	/** Takes the token back, also when all else has been told to end. */
	signOut(): Promise<void>;
};

/** Signs one of the demo's people in, as `lull login` does. `number` counts those of a role from 0. */
export async function signIn(
	server: string,
	password: string,
	role: DemoAccount["role"],
	signal: AbortSignal,
	number = 0,
): Promise<DemoPerson> {
	const account = demoAccounts.filter((one) => one.role === role)[number];
	if (!account) throw new Error(`The demo has no ${role} number ${number}.`);
	const { token } = await clientFor(server, undefined, signal).call(
		tokenSchema,
		{
			method: "POST",
			path: "/account/sign-in-token",
			body: {
				email: account.email,
				password,
				name: "npm run demo",
				scopes: scopesOfRole[role],
				expiresInDays: 1,
			},
		},
	);
	return {
		account,
		token: token.secret,
		client: clientFor(server, token.secret, signal),
		signOut: () => signOut(server, token.secret),
	};
}

async function signOut(server: string, secret: string): Promise<void> {
	const client = clientFor(server, secret, AbortSignal.timeout(5000));
	await client.call(z.object({ revoked: z.boolean() }), {
		method: "POST",
		path: "/account/tokens/revoke-this",
	});
}

function clientFor(
	server: string,
	token: string | undefined,
	signal: AbortSignal,
): ApiClient {
	return new ApiClient({
		server,
		token,
		signal,
		fetch,
		pause: async (ms, signal) => {
			await sleep(ms, undefined, { signal });
		},
		random: Math.random,
		onAway: tell,
	});
}
