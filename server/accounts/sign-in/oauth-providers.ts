import { createRequire } from "node:module";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { z } from "zod";
import type { Config, ProviderCredentials } from "../../config.ts";
import type {
	ProviderName,
	ProviderProfile,
} from "./sign-in-through-provider.ts";

const require = createRequire(import.meta.url);
const github: typeof import("next-auth/providers/github") = require("next-auth/providers/github");
const google: typeof import("next-auth/providers/google") = require("next-auth/providers/google");

// Each provider's answers have a shape of their own; they are read by zod below.
type AnyProvider = OAuthConfig<Record<string, unknown>>;

/** The providers whose variables are set, as next-auth wants them. */
export function configuredProviders({
	providers,
}: Pick<Config, "providers">): AnyProvider[] {
	return [
		providers.github && githubProvider(providers.github),
		providers.google &&
			(google.default(providers.google) as unknown as AnyProvider),
		providers.orcid && orcidProvider(providers.orcid),
	].filter((provider) => provider !== undefined);
}

export const providerNames = ({
	providers,
}: Pick<Config, "providers">): ProviderName[] =>
	(["github", "google", "orcid"] as const).filter((name) => providers[name]);

/** GitHub tells in a second answer which address is verified; the profile's own may be any. */
function githubProvider(credentials: ProviderCredentials): AnyProvider {
	const provider = github.default(credentials) as unknown as AnyProvider;
	return {
		...provider,
		userinfo: {
			url: "https://api.github.com/user",
			async request({ client, tokens }) {
				const token = tokens.access_token ?? "";
				const profile = await client.userinfo(token);
				return { ...profile, emails: await fetchGithubEmails(token) };
			},
		},
	};
}

async function fetchGithubEmails(token: string): Promise<unknown> {
	const answer = await fetch("https://api.github.com/user/emails", {
		headers: { Authorization: `token ${token}` },
		signal: AbortSignal.timeout(10_000),
	});
	return answer.ok ? answer.json() : [];
}

/** ORCID speaks OpenID Connect and tells no e-mail address. */
const orcidProvider = (credentials: ProviderCredentials): AnyProvider => ({
	id: "orcid",
	name: "ORCID",
	type: "oauth",
	wellKnown: "https://orcid.org/.well-known/openid-configuration",
	authorization: { params: { scope: "openid" } },
	idToken: true,
	checks: ["pkce", "state"],
	profile: (profile) => ({ id: String(profile.sub) }),
	...credentials,
});

const githubAnswer = z.object({
	id: z.number(),
	login: z.string(),
	name: z.string().nullish(),
	emails: z
		.array(
			z.object({
				email: z.string(),
				primary: z.boolean(),
				verified: z.boolean(),
			}),
		)
		.catch([]),
});
const googleAnswer = z.object({
	sub: z.string(),
	name: z.string().nullish(),
	email: z.string().nullish(),
	email_verified: z.boolean().catch(false),
});
const orcidAnswer = z.object({
	sub: z.string(),
	given_name: z.string().nullish(),
	family_name: z.string().nullish(),
});

const readers: Record<
	ProviderName,
	(answer: unknown) => Omit<ProviderProfile, "provider">
> = {
	github(answer) {
		const { id, login, name, emails } = githubAnswer.parse(answer);
		const own = emails.find(({ primary, verified }) => primary && verified);
		return {
			providerAccountId: String(id),
			name: name || login,
			verifiedEmail: own?.email ?? null,
		};
	},
	google(answer) {
		const { sub, name, email, email_verified } = googleAnswer.parse(answer);
		return {
			providerAccountId: sub,
			name: name ?? null,
			verifiedEmail: email_verified ? (email ?? null) : null,
		};
	},
	orcid(answer) {
		const { sub, given_name, family_name } = orcidAnswer.parse(answer);
		const name = [given_name, family_name].filter(Boolean).join(" ");
		return { providerAccountId: sub, name: name || null, verifiedEmail: null };
	},
};

/** What a provider's own answer says. Throws when it is not what that provider documents. */
export const parseProviderProfile = (
	provider: ProviderName,
	answer: unknown,
): ProviderProfile => ({ provider, ...readers[provider](answer) });
