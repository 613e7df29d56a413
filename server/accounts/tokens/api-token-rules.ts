import { ACCESS_LEVEL, hasAccess } from "../access-level.ts";
import { type ApiScope, apiScopeSchema } from "../api-scope.ts";

const NEEDED_LEVEL: Record<ApiScope, number> = {
	read: ACCESS_LEVEL.owner,
	devices: ACCESS_LEVEL.owner,
	account: ACCESS_LEVEL.owner,
	projects: ACCESS_LEVEL.researcher,
	work: ACCESS_LEVEL.researcher,
	moderation: ACCESS_LEVEL.admin,
};

/** The scopes that a person of this level may give to a token: never more than the person has. */
export const scopesOpenTo = (accessLevel: number): ApiScope[] =>
	apiScopeSchema.options.filter((scope) =>
		hasAccess(accessLevel, NEEDED_LEVEL[scope]),
	);

/** What a token may still do: what it was given, as far as its person still has the rights. */
export const scopesLeft = (
	scopes: readonly string[],
	accessLevel: number,
): ApiScope[] =>
	scopesOpenTo(accessLevel).filter((scope) => scopes.includes(scope));

/** What `lull login` gets when it asks for nothing special: everything but the account and others' affairs. */
export const ordinaryScopes = (accessLevel: number): ApiScope[] =>
	scopesOpenTo(accessLevel).filter(
		(scope) => scope !== "account" && scope !== "moderation",
	);
