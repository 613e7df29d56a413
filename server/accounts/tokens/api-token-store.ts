import type { Db } from "../../database/db.ts";
import type { ApiScope } from "../api-scope.ts";
import type { CurrentUser } from "../current-user.ts";

const TOUCH_AFTER_MS = 60_000;

export type NewApiToken = {
	userId: string;
	name: string;
	tokenSha256: string;
	lastFour: string;
	scopes: ApiScope[];
	createdAt: Date;
	expiresAt: Date | null;
};

const listed = {
	id: true,
	name: true,
	lastFour: true,
	scopes: true,
	createdAt: true,
	lastUsedAt: true,
	expiresAt: true,
	revokedAt: true,
} as const;

export const insertApiToken = (db: Db, data: NewApiToken) =>
	db.apiToken.create({ data, select: listed });

/** How many of the person's tokens still work. */
export const countLiveTokens = (
	db: Db,
	userId: string,
	now: Date,
): Promise<number> =>
	db.apiToken.count({
		where: {
			userId,
			revokedAt: null,
			OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
		},
	});

/** The newest first; the revoked ones too. */
export const listApiTokens = (db: Db, userId: string) =>
	db.apiToken.findMany({
		where: { userId },
		orderBy: { id: "desc" },
		take: 200,
		select: listed,
	});

/** False when the person has no such token that still works. */
export async function revokeApiToken(
	db: Db,
	userId: string,
	id: string,
	now: Date,
): Promise<boolean> {
	const { count } = await db.apiToken.updateMany({
		where: { id, userId, revokedAt: null },
		data: { revokedAt: now },
	});
	return count === 1;
}

/** The token and its person; undefined when it is unknown, revoked or expired, or the account is suspended. */
export async function findLiveToken(
	db: Db,
	tokenSha256: string,
	now: Date,
): Promise<{ id: string; scopes: string[]; user: CurrentUser } | undefined> {
	const token = await db.apiToken.findUnique({
		where: { tokenSha256 },
		include: { user: true },
	});
	if (!token || token.revokedAt || token.user.suspendedAt) return undefined;
	if (token.expiresAt && token.expiresAt <= now) return undefined;
	await touchToken(db, token, now);
	const { id, name, email, accessLevel } = token.user;
	return {
		id: token.id,
		scopes: token.scopes,
		user: { id, name, email, accessLevel },
	};
}

/** Written at most once a minute however many requests there are. */
async function touchToken(
	db: Db,
	{ id, lastUsedAt }: { id: string; lastUsedAt: Date | null },
	now: Date,
): Promise<void> {
	const before = new Date(now.getTime() - TOUCH_AFTER_MS);
	if (lastUsedAt && lastUsedAt >= before) return;
	await db.apiToken.updateMany({
		where: {
			id,
			OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }],
		},
		data: { lastUsedAt: now },
	});
}
