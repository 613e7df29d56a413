import { countAttempt, forgiveAttempt } from "../../accounts/attempt-limit.ts";
import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";

/** Wrong enrolment codes from one address; a household's honest mistakes stay far below. */
export const WRONG_CODE_LIMIT = { max: 60, windowMs: 10 * 60_000 };

const keyOf = (address: string) => `enrolment code from ${address}`;

/**
 * Does `work`, which looks up a code, and counts it against `address` when there was no such code.
 *
 * @throws AppError tooMany while the address has used up its tries, and whatever `work` throws
 */
export async function countingWrongCodes<T>(
	db: Db,
	address: string,
	now: Date,
	work: () => Promise<T>,
): Promise<T> {
	const key = keyOf(address);
	await countAttempt(db, key, WRONG_CODE_LIMIT, now);
	try {
		const result = await work();
		await forgiveAttempt(db, key);
		return result;
	} catch (error) {
		const wasGuess = error instanceof AppError && error.code === "notFound";
		if (!wasGuess) await forgiveAttempt(db, key);
		throw error;
	}
}
