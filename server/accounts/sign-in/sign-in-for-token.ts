import type { Services } from "../../services.ts";
import type { ApiScope } from "../api-scope.ts";
import type { Origin } from "../sessions/session-store.ts";
import { ordinaryScopes } from "../tokens/api-token-rules.ts";
import { createApiToken } from "../tokens/create-api-token.ts";
import { type Credentials, checkCredentials } from "./check-credentials.ts";

/**
 * What `lull login` does: e-mail address and password for an API token.
 * @throws AppError as checkCredentials and createApiToken do
 */
export async function signInForToken(
	services: Pick<Services, "db" | "clock">,
	input: Credentials & {
		name: string;
		scopes?: ApiScope[] | undefined;
		expiresInDays?: number | null;
	},
	origin: Origin,
) {
	const user = await checkCredentials(services, input, origin, "token");
	const token = await createApiToken(services, user, {
		name: input.name,
		scopes: input.scopes ?? ordinaryScopes(user.accessLevel),
		expiresInDays: input.expiresInDays ?? null,
	});
	return { token, user };
}
