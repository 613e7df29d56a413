import type { User } from "../../database/generated/client.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import {
	countAttempt,
	forgiveAttempt,
	SIGN_IN_LIMITS,
} from "../attempt-limit.ts";
import { isPassword } from "../password-hash.ts";
import type { Origin } from "../sessions/session-store.ts";
import { recordSignIn, type SignInMethod } from "../sessions/sign-in-store.ts";
import { findUserByEmail } from "../user-store.ts";

export type Credentials = { email: string; password: string };

/**
 * Whose e-mail address and password these are. Every try on an account goes into its history. What is answered, and
 * after how long, does not tell whether the address has an account.
 * @throws AppError notSignedIn when they do not fit; tooMany; notAllowed when the account is suspended
 */
export async function checkCredentials(
	services: Pick<Services, "db" | "clock">,
	{ email, password }: Credentials,
	origin: Origin,
	method: SignInMethod = "password",
): Promise<User> {
	const { db, clock } = services;
	const keys = await countTry(services, email, origin.address);
	const user = await findUserByEmail(db, email);
	const fits = await isPassword(user?.passwordHash, password);
	const succeeded = fits && !user?.suspendedAt;
	if (user)
		await recordSignIn(db, user.id, {
			method,
			succeeded,
			at: clock.now(),
			...origin,
		});
	if (!user || !fits)
		throw new AppError(
			"notSignedIn",
			"The e-mail address and the password do not fit together.",
		);
	if (user.suspendedAt)
		throw new AppError("notAllowed", "This account is suspended.");
	for (const key of keys) await forgiveAttempt(db, key);
	return user;
}

async function countTry(
	{ db, clock }: Pick<Services, "db" | "clock">,
	email: string,
	address: string,
): Promise<string[]> {
	const tries = [
		[`sign-in address ${address}`, SIGN_IN_LIMITS.address],
		[`sign-in ${email} from ${address}`, SIGN_IN_LIMITS.accountFromAddress],
		[`sign-in ${email}`, SIGN_IN_LIMITS.account],
	] as const;
	for (const [key, limit] of tries)
		await countAttempt(db, key, limit, clock.now());
	return tries.map(([key]) => key);
}
