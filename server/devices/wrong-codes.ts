import { AppError } from "../errors.ts";
import { FailedAttemptLimiter } from "./failed-attempt-limiter.ts";

/** Wrong enrolment codes by address, in this process; a household's honest mistakes stay far below the limit. */
export const wrongCodes = new FailedAttemptLimiter(30, 10 * 60_000);

/** @throws AppError tooMany */
export function demandFewWrongCodes(address: string, now: Date): void {
	if (!wrongCodes.isBlocked(address, now)) return;
	throw new AppError(
		"tooMany",
		"Too many wrong codes from this address. Try again in ten minutes.",
	);
}
