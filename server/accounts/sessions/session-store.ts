import type { Db } from "../../database/db.ts";
import type { CurrentUser } from "../current-user.ts";

/** A browser stays signed in for so long. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;
const TOUCH_AFTER_MS = 60_000;

/** Where a request came from, for people to recognise. */
export type Origin = { address: string; browser: string };

export async function createSession(
	db: Db,
	userId: string,
	{ address, browser }: Origin,
	now: Date,
): Promise<string> {
	const { id } = await db.session.create({
		data: {
			userId,
			address,
			browser,
			createdAt: now,
			lastSeenAt: now,
			expiresAt: new Date(now.getTime() + SESSION_SECONDS * 1000),
		},
	});
	return id;
}

/** Whose session this is; undefined when it was revoked, has expired, or its account is suspended. */
export async function findSessionUser(
	db: Db,
	sessionId: string,
	now: Date,
): Promise<CurrentUser | undefined> {
	const session = await db.session.findUnique({
		where: { id: sessionId },
		select: {
			expiresAt: true,
			lastSeenAt: true,
			user: {
				select: {
					id: true,
					name: true,
					email: true,
					accessLevel: true,
					suspendedAt: true,
				},
			},
		},
	});
	if (!session || session.expiresAt <= now || session.user.suspendedAt)
		return undefined;
	if (now.getTime() - session.lastSeenAt.getTime() > TOUCH_AFTER_MS)
		await touchSession(db, sessionId, now);
	const { suspendedAt, ...user } = session.user;
	return user;
}

/** Written at most once a minute however many requests there are. */
async function touchSession(db: Db, id: string, now: Date): Promise<void> {
	const before = new Date(now.getTime() - TOUCH_AFTER_MS);
	await db.session.updateMany({
		where: { id, lastSeenAt: { lt: before } },
		data: { lastSeenAt: now },
	});
}

export async function listSessions(db: Db, userId: string, now: Date) {
	return db.session.findMany({
		where: { userId, expiresAt: { gt: now } },
		orderBy: { lastSeenAt: "desc" },
		take: 100,
		select: {
			id: true,
			address: true,
			browser: true,
			createdAt: true,
			lastSeenAt: true,
		},
	});
}

/** False when the person has no such session. */
export async function deleteSession(
	db: Db,
	userId: string,
	id: string,
): Promise<boolean> {
	const { count } = await db.session.deleteMany({ where: { id, userId } });
	return count === 1;
}

/** Signs the person out everywhere, but for the session `except`. Answers how many ended. */
export async function deleteSessions(
	db: Db,
	userId: string,
	except?: string | null,
): Promise<number> {
	const { count } = await db.session.deleteMany({
		where: { userId, ...(except && { id: { not: except } }) },
	});
	return count;
}

export async function deleteEndedSessions(db: Db, now: Date): Promise<void> {
	await db.session.deleteMany({ where: { expiresAt: { lte: now } } });
}
