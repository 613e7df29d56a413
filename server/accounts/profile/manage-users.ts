import { writeAuditEntry } from "../../audit/audit-store.ts";
import { type Db, inTransaction } from "../../database/db.ts";
import type { User } from "../../database/generated/client.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import {
	type AccessLevel,
	accessLevelName,
	mayManage,
} from "../access-level.ts";
import { deleteSessions } from "../sessions/session-store.ts";
import { lockUsers } from "../user-store.ts";

type Needs = Pick<Services, "db" | "clock" | "events">;

/**
 * Gives an account another level. Both its level and the new one must be below the actor's own.
 * @throws AppError notAllowed, notFound
 */
export async function setAccessLevel(
	services: Needs,
	actorId: string,
	userId: string,
	accessLevel: AccessLevel,
): Promise<void> {
	await changeUser(services, actorId, userId, async (db, actor, user) => {
		if (!mayManage(actor.accessLevel, accessLevel))
			throw new AppError(
				"notAllowed",
				`Only an account of a higher level can make someone ${accessLevelName(accessLevel)}.`,
			);
		if (user.accessLevel === accessLevel) return;
		await db.user.update({ where: { id: userId }, data: { accessLevel } });
		await writeAuditEntry(db, {
			actorId,
			action: "accessLevelChanged",
			subjectType: "user",
			subjectId: userId,
			details: { from: user.accessLevel, to: accessLevel },
		});
	});
}

/**
 * Shuts an account out: it is signed out everywhere and its tokens stop working until it is let in again.
 * @throws AppError notAllowed, notFound
 */
export async function suspendUser(
	services: Needs,
	actorId: string,
	userId: string,
	reason: string,
): Promise<void> {
	await changeUser(services, actorId, userId, async (db, _actor, user) => {
		if (user.suspendedAt) return;
		await db.user.update({
			where: { id: userId },
			data: { suspendedAt: services.clock.now() },
		});
		await deleteSessions(db, userId);
		await writeAuditEntry(db, {
			actorId,
			action: "userSuspended",
			subjectType: "user",
			subjectId: userId,
			details: { reason },
		});
	});
}

/** @throws AppError notAllowed, notFound */
export async function unsuspendUser(
	services: Needs,
	actorId: string,
	userId: string,
): Promise<void> {
	await changeUser(services, actorId, userId, async (db, _actor, user) => {
		if (!user.suspendedAt) return;
		await db.user.update({
			where: { id: userId },
			data: { suspendedAt: null },
		});
		await writeAuditEntry(db, {
			actorId,
			action: "userUnsuspended",
			subjectType: "user",
			subjectId: userId,
		});
	});
}

/** Carries out a change while both accounts are locked, if the actor's level, as it is now, allows it. */
async function changeUser(
	{ db, events }: Needs,
	actorId: string,
	userId: string,
	change: (transaction: Db, actor: User, user: User) => Promise<void>,
): Promise<void> {
	await inTransaction(db, async (transaction) => {
		const users = await lockUsers(transaction, [actorId, userId]);
		const actor = users.get(actorId);
		const user = users.get(userId);
		if (!user) throw new AppError("notFound", "There is no such account.");
		if (
			!actor ||
			actor.suspendedAt ||
			!mayManage(actor.accessLevel, user.accessLevel)
		)
			throw new AppError(
				"notAllowed",
				"Only an account of a higher level can change this one.",
			);
		await change(transaction, actor, user);
	});
	events.publish(`user:${userId}`, { kind: "changed" });
	events.publish("moderation", { kind: "changed" });
}
