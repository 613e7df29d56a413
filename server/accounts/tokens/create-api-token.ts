import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import type { ApiScope } from "../api-scope.ts";
import { makeSecretCode, sha256Of } from "../secret-code.ts";
import { scopesOpenTo } from "./api-token-rules.ts";
import { countLiveTokens, insertApiToken } from "./api-token-store.ts";

export const TOKEN_PREFIX = "lull_";
const DAY_MS = 24 * 60 * 60_000;
const MOST_LIVE_TOKENS = 100;

/**
 * Makes a token for the person. `secret` is in this answer only; what is kept cannot be turned back into it.
 * @throws AppError notAllowed when a scope is not the person's to give; conflict when there are too many already
 */
export async function createApiToken(
	{ db, clock }: Pick<Services, "db" | "clock">,
	person: { id: string; accessLevel: number },
	input: { name: string; scopes: ApiScope[]; expiresInDays?: number | null },
) {
	const open = scopesOpenTo(person.accessLevel);
	const beyond = input.scopes.find((scope) => !open.includes(scope));
	if (beyond)
		throw new AppError(
			"notAllowed",
			`You cannot give a token the scope “${beyond}”: your account does not have it.`,
			["scopes"],
		);
	const now = clock.now();
	if ((await countLiveTokens(db, person.id, now)) >= MOST_LIVE_TOKENS)
		throw new AppError(
			"conflict",
			`You have ${MOST_LIVE_TOKENS} tokens already. Revoke one that is not needed.`,
		);
	const secret = `${TOKEN_PREFIX}${makeSecretCode()}`;
	const token = await insertApiToken(db, {
		userId: person.id,
		name: input.name,
		tokenSha256: sha256Of(secret),
		lastFour: secret.slice(-4),
		scopes: [...new Set(input.scopes)],
		createdAt: now,
		expiresAt: input.expiresInDays
			? new Date(now.getTime() + input.expiresInDays * DAY_MS)
			: null,
	});
	return { ...token, secret };
}
