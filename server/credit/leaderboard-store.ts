import { z } from "zod";
import type { Db } from "../database/db.ts";
import { DeviceKind, Prisma } from "../database/generated/client.ts";
import { HALF_LIFE_MS } from "./recent-average.ts";

/** By all credit ever, or by the recent average (a day, half-life one week) as of now. */
export type LeaderboardOrder = "total" | "recent";

const figures = {
	rank: z.number().int(),
	totalCredit: z.number(),
	recentCredit: z
		.number()
		.describe("Credit a day, half-life one week, as of now"),
};
export const userRankSchema = z.object({
	...figures,
	id: z.uuid(),
	name: z.string(),
	country: z.string().nullable(),
	devices: z.number().int().describe("That are not retired"),
});
export type UserRank = z.infer<typeof userRankSchema>;

export const deviceRankSchema = z.object({
	...figures,
	id: z.uuid(),
	name: z.string(),
	kind: z.enum(DeviceKind),
	architecture: z.string().nullable(),
	owner: z.string(),
});
export type DeviceRank = z.infer<typeof deviceRankSchema>;

export const projectRankSchema = z.object({
	rank: z.number().int(),
	id: z.uuid(),
	slug: z.string(),
	name: z.string(),
	scienceArea: z.string(),
	totalCredit: z.number(),
	workUnitsDone: z.number().int(),
});
export type ProjectRank = z.infer<typeof projectRankSchema>;

export interface RankPage {
	/** How many ranks come before. */
	skip: number;
	limit: number;
}

/** SQL's twin of viewCredit, for the row of totals `c`. */
const credit = (now: Date) => Prisma.sql`
	c."total" AS "totalCredit", c."recent" * power(2, -GREATEST(0,
		EXTRACT(EPOCH FROM ${now}::timestamptz - c."recentAt")::float8 * 1000) / ${HALF_LIFE_MS}::float8) AS "recentCredit"`;

const byOrder = (order: LeaderboardOrder) =>
	order === "total" ? Prisma.sql`"totalCredit"` : Prisma.sql`"recentCredit"`;

const withRanks = <Row>(
	rows: Row[],
	skip: number,
): (Row & { rank: number })[] =>
	rows.map((row, index) => ({ ...row, rank: skip + index + 1 }));

/** People who agreed to be shown, by their credit. Nobody without credit is on a leaderboard. */
export async function rankUsers(
	db: Db,
	order: LeaderboardOrder,
	{ skip, limit }: RankPage,
	now: Date,
): Promise<UserRank[]> {
	const rows = await db.$queryRaw<Omit<UserRank, "rank">[]>`
		SELECT ranked.*, (SELECT count(*)::int FROM "Device" d
			WHERE d."ownerId" = ranked."id" AND d."state" <> 'retired') AS "devices"
		FROM (
			SELECT u."id", u."name", u."country", ${credit(now)}
			FROM "UserCredit" c JOIN "User" u ON u."id" = c."userId"
			WHERE u."showOnLeaderboard" AND u."suspendedAt" IS NULL AND c."total" > 0
		) ranked
		ORDER BY ${byOrder(order)} DESC, "id" OFFSET ${skip} LIMIT ${limit}`;
	return withRanks(rows, skip);
}

/** Devices of people who agreed to be shown, by their credit. */
export async function rankDevices(
	db: Db,
	order: LeaderboardOrder,
	{ skip, limit }: RankPage,
	now: Date,
): Promise<DeviceRank[]> {
	const rows = await db.$queryRaw<Omit<DeviceRank, "rank">[]>`
		SELECT * FROM (
			SELECT d."id", d."name", d."kind"::text AS "kind", d."architecture", u."name" AS "owner", ${credit(now)}
			FROM "DeviceCredit" c JOIN "Device" d ON d."id" = c."deviceId" JOIN "User" u ON u."id" = d."ownerId"
			WHERE u."showOnLeaderboard" AND u."suspendedAt" IS NULL AND c."total" > 0
		) ranked
		ORDER BY ${byOrder(order)} DESC, "id" OFFSET ${skip} LIMIT ${limit}`;
	return withRanks(rows, skip);
}

/** Projects that run or ran, by the credit granted in them. */
export async function rankProjects(
	db: Db,
	{ skip, limit }: RankPage,
): Promise<ProjectRank[]> {
	const rows = await db.$queryRaw<Omit<ProjectRank, "rank">[]>`
		SELECT p."id", p."slug", p."name", p."scienceArea", c."total" AS "totalCredit",
			COALESCE((SELECT sum(b."doneUnits") FROM "Batch" b WHERE b."projectId" = p."id"), 0)::int AS "workUnitsDone"
		FROM "ProjectCredit" c JOIN "Project" p ON p."id" = c."projectId"
		WHERE p."state" IN ('approved', 'suspended', 'finished') AND c."total" > 0
		ORDER BY c."total" DESC, p."id" OFFSET ${skip} LIMIT ${limit}`;
	return withRanks(rows, skip);
}
