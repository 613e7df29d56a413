import type { Db } from "../database/db.ts";
import type { User } from "../database/generated/client.ts";
import { AppError } from "../errors.ts";
import { ACCESS_LEVEL } from "./access-level.ts";

export type NewUser = {
	email: string;
	name: string;
	passwordHash: string | null;
	accessLevel?: number;
};

const withCredit = { credit: { select: { total: true } } } as const;
export type UserWithCredit = User & { credit: { total: number } | null };

export const findUserByEmail = (db: Db, email: string): Promise<User | null> =>
	db.user.findUnique({ where: { email } });

/** @throws AppError notFound */
export async function getUser(db: Db, id: string): Promise<UserWithCredit> {
	const user = await db.user.findUnique({
		where: { id },
		include: withCredit,
	});
	if (!user) throw new AppError("notFound", "There is no such account.");
	return user;
}

/** @throws AppError conflict when the e-mail address has an account already */
export async function createUser(db: Db, user: NewUser): Promise<User> {
	const [made] = await db.user.createManyAndReturn({
		data: [{ accessLevel: ACCESS_LEVEL.owner, ...user }],
		skipDuplicates: true,
	});
	if (!made)
		throw new AppError(
			"conflict",
			"There is an account with this e-mail address already. Sign in instead.",
			["email"],
		);
	return made;
}

export type ProfileChange = {
	name?: string | undefined;
	country?: string | null | undefined;
	showOnLeaderboard?: boolean | undefined;
};

export async function updateProfile(
	db: Db,
	id: string,
	{ name, country, showOnLeaderboard }: ProfileChange,
): Promise<void> {
	await db.user.update({
		where: { id },
		data: {
			...(name !== undefined && { name }),
			...(country !== undefined && { country }),
			...(showOnLeaderboard !== undefined && { showOnLeaderboard }),
		},
	});
}

export async function setPasswordHash(
	db: Db,
	id: string,
	passwordHash: string,
): Promise<void> {
	await db.user.update({ where: { id }, data: { passwordHash } });
}

/**
 * The two accounts, locked until the transaction ends, so that what is decided on their levels still holds when it
 * is written. Always in the order of their ids: two admins who change each other do not wait for ever.
 */
export async function lockUsers(
	transaction: Db,
	ids: readonly string[],
): Promise<Map<string, User>> {
	const wanted = [...new Set(ids)];
	await transaction.$queryRaw`
		SELECT 1 FROM "User" WHERE id = ANY(${wanted}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
	const users = await transaction.user.findMany({
		where: { id: { in: wanted } },
	});
	return new Map(users.map((user) => [user.id, user]));
}

export type UserFilter = {
	search?: string | undefined;
	accessLevel?: number | undefined;
	suspended?: boolean | undefined;
};

/** Newest first; ids rise with time, so the cursor is the last id. */
export async function listUsers(
	db: Db,
	{ search, accessLevel, suspended }: UserFilter,
	page: { cursor?: string | undefined; limit: number },
) {
	const contains = search && {
		contains: search.replace(/[\\%_]/g, "\\$&"),
		mode: "insensitive" as const,
	};
	const rows = await db.user.findMany({
		where: {
			...(contains && { OR: [{ email: contains }, { name: contains }] }),
			...(accessLevel !== undefined && { accessLevel }),
			...(suspended !== undefined && {
				suspendedAt: suspended ? { not: null } : null,
			}),
			...(page.cursor && { id: { lt: page.cursor } }),
		},
		orderBy: { id: "desc" },
		take: page.limit + 1,
		include: {
			...withCredit,
			_count: { select: { devices: true, projects: true } },
		},
	});
	const items = rows.slice(0, page.limit);
	return {
		items: items.map(({ _count, ...user }) => ({
			...userSummary(user),
			devices: _count.devices,
			projects: _count.projects,
		})),
		nextCursor: rows.length > page.limit ? items.at(-1)?.id : undefined,
	};
}

/** What admins see of an account: nothing secret. */
export const userSummary = (user: UserWithCredit) => ({
	id: user.id,
	email: user.email,
	name: user.name,
	accessLevel: user.accessLevel,
	suspendedAt: user.suspendedAt,
	createdAt: user.createdAt,
	totalCredit: user.credit?.total ?? 0,
});
