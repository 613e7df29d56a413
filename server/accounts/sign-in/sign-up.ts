import type { Services } from "../../services.ts";
import { countAttempt, SIGN_UP_LIMIT } from "../attempt-limit.ts";
import { hashPassword } from "../password-hash.ts";
import { createUser } from "../user-store.ts";

/**
 * Makes an account for anyone: an owner, whoever asks.
 * @throws AppError conflict when the e-mail address has one; tooMany
 */
export async function signUp(
	{ db, clock }: Pick<Services, "db" | "clock">,
	input: { email: string; name: string; password: string },
	address: string,
): Promise<{ id: string }> {
	await countAttempt(db, `sign-up ${address}`, SIGN_UP_LIMIT, clock.now());
	const { id } = await createUser(db, {
		email: input.email,
		name: input.name,
		passwordHash: await hashPassword(input.password),
	});
	return { id };
}
