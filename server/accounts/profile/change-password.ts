import { inTransaction } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import {
	countAttempt,
	forgiveAttempt,
	SIGN_IN_LIMITS,
} from "../attempt-limit.ts";
import { hashPassword, isPassword } from "../password-hash.ts";
import { deleteSessions } from "../sessions/session-store.ts";
import { getUser, setPasswordHash } from "../user-store.ts";

/**
 * Sets a new password and signs out every other browser. The current one is needed, but for an account that has
 * none yet because it was made through a provider. Answers how many sessions ended.
 * @throws AppError notAllowed when the current password is wrong; tooMany
 */
export async function changePassword(
	{ db, clock, events }: Pick<Services, "db" | "clock" | "events">,
	who: { userId: string; sessionId: string | null },
	input: { currentPassword?: string | undefined; newPassword: string },
): Promise<number> {
	const key = `change password ${who.userId}`;
	await countAttempt(db, key, SIGN_IN_LIMITS.accountFromAddress, clock.now());
	const user = await getUser(db, who.userId);
	const current = input.currentPassword ?? "";
	if (
		user.passwordHash !== null &&
		!(await isPassword(user.passwordHash, current))
	)
		throw new AppError("notAllowed", "The current password is not right.", [
			"currentPassword",
		]);
	const passwordHash = await hashPassword(input.newPassword);
	await forgiveAttempt(db, key);
	const ended = await inTransaction(db, async (transaction) => {
		await setPasswordHash(transaction, user.id, passwordHash);
		return deleteSessions(transaction, user.id, who.sessionId);
	});
	events.publish(`user:${user.id}`, { kind: "changed" });
	return ended;
}
