import { writeAuditEntry } from "../audit/audit-store.ts";
import { type Db, inTransaction } from "../database/db.ts";
import type { User } from "../database/generated/client.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { ACCESS_LEVEL, hasAccess, mayManage } from "./access-level.ts";
import {
	closeResearcherRequest,
	findResearcherRequest,
} from "./researcher-request-store.ts";
import { lockUsers } from "./user-store.ts";

export type Decision =
	| { state: "approved" }
	| { state: "declined"; reason: string };

/**
 * An admin makes the person a researcher, or says why not. Decided once.
 * @throws AppError notFound; conflict when it was decided or withdrawn; notAllowed
 */
export async function decideResearcherRequest(
	{ db, clock, events }: Pick<Services, "db" | "clock" | "events">,
	actorId: string,
	requestId: string,
	decision: Decision,
): Promise<void> {
	const request = await findResearcherRequest(db, requestId);
	if (!request) throw new AppError("notFound", "There is no such request.");
	const { userId } = request;
	await inTransaction(db, async (transaction) => {
		const users = await lockUsers(transaction, [actorId, userId]);
		demandRight(users.get(actorId), users.get(userId));
		const closed = await closeResearcherRequest(transaction, requestId, {
			...decision,
			at: clock.now(),
			decidedById: actorId,
		});
		if (!closed)
			throw new AppError(
				"conflict",
				"This request has been decided or withdrawn already.",
			);
		if (decision.state === "approved") await raise(transaction, userId);
		await writeAuditEntry(transaction, {
			actorId,
			action:
				decision.state === "approved"
					? "researcherApproved"
					: "researcherDeclined",
			subjectType: "user",
			subjectId: userId,
			details: { requestId, ...decision },
		});
	});
	events.publish(`user:${userId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}

/** Who decides must stand above both what the person is and what the person would become. */
function demandRight(actor: User | undefined, user: User | undefined): void {
	const allowed =
		actor &&
		user &&
		!actor.suspendedAt &&
		hasAccess(actor.accessLevel, ACCESS_LEVEL.admin) &&
		mayManage(actor.accessLevel, user.accessLevel);
	if (!allowed)
		throw new AppError(
			"notAllowed",
			"Only an admin of a higher level can decide this.",
		);
}

/** Someone who has been given more in the meantime keeps it. */
async function raise(transaction: Db, userId: string): Promise<void> {
	await transaction.user.updateMany({
		where: { id: userId, accessLevel: { gt: ACCESS_LEVEL.researcher } },
		data: { accessLevel: ACCESS_LEVEL.researcher },
	});
}
