import { inTransaction } from "../database/db.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { ACCESS_LEVEL, hasAccess } from "./access-level.ts";
import { closeResearcherRequest } from "./researcher-request-store.ts";
import { lockUsers } from "./user-store.ts";

type Needs = Pick<Services, "db" | "clock" | "events">;

/**
 * An owner asks to become a researcher. One request waits at a time.
 * @throws AppError conflict when one waits already, or the account has the rights
 */
export async function askToBeResearcher(
	{ db, clock, events }: Needs,
	userId: string,
	input: { affiliation: string; plan: string },
): Promise<{ id: string }> {
	const request = await inTransaction(db, async (transaction) => {
		// The lock makes two requests at once queue up, and the second one see the first.
		const user = (await lockUsers(transaction, [userId])).get(userId);
		if (!user) throw new AppError("notFound", "There is no such account.");
		if (hasAccess(user.accessLevel, ACCESS_LEVEL.researcher))
			throw new AppError(
				"conflict",
				"You have the rights of a researcher already.",
			);
		const waiting = await transaction.researcherRequest.count({
			where: { userId, state: "pending" },
		});
		if (waiting > 0)
			throw new AppError(
				"conflict",
				"A request of yours waits for an admin already.",
			);
		return transaction.researcherRequest.create({
			data: { userId, createdAt: clock.now(), ...input },
			select: { id: true },
		});
	});
	events.publish("moderation", { kind: "changed" });
	return request;
}

/** @throws AppError conflict when it has been decided already or is not the person's */
export async function withdrawResearcherRequest(
	{ db, clock, events }: Needs,
	userId: string,
	id: string,
): Promise<void> {
	const closed = await closeResearcherRequest(db, id, {
		state: "withdrawn",
		at: clock.now(),
		userId,
	});
	if (!closed)
		throw new AppError("conflict", "You have no such request that waits.");
	events.publish("moderation", { kind: "changed" });
	events.publish(`user:${userId}`, { kind: "changed" });
}
