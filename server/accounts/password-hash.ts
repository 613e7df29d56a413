import { hash, verify } from "@node-rs/argon2";

/** argon2id, as OWASP recommends it: 19 MiB, two passes, one lane. About 25 ms of one core. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Stands in for the password of accounts that do not exist, so that asking for one takes as long. */
let nobody: Promise<string> | undefined;

export const hashPassword = (password: string): Promise<string> =>
	hash(password.normalize("NFKC"), COST);

/** False for an account without a password too, after the same time as for a wrong one. */
export async function isPassword(
	passwordHash: string | null | undefined,
	password: string,
): Promise<boolean> {
	nobody ??= hash("the password of nobody", COST);
	const given = password.normalize("NFKC");
	const matches = await verify(passwordHash ?? (await nobody), given);
	return matches && typeof passwordHash === "string";
}
