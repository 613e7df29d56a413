import type { Db } from "../database/db.ts";

/** Who computes for a project, from the ledger. */
export interface ProjectContributions {
	tasks: number;
	devices: number;
	owners: number;
	/** The most generous who show themselves, with their credit. */
	top: { userId: string; name: string; credit: number; tasks: number }[];
}

const SHOWN = 20;

export async function sumProjectContributions(
	db: Db,
	projectId: string,
): Promise<ProjectContributions> {
	const [totals] = await db.$queryRaw<
		{ tasks: number; devices: number; owners: number }[]
	>`
		SELECT count(*)::float8 AS "tasks", count(DISTINCT "deviceId")::float8 AS "devices",
			count(DISTINCT "userId")::float8 AS "owners"
		FROM "CreditEntry" WHERE "projectId" = ${projectId}::uuid`;
	const top = await db.$queryRaw<ProjectContributions["top"]>`
		SELECT u."id" AS "userId", u."name", sum(c."amount") AS "credit", count(*)::float8 AS "tasks"
		FROM "CreditEntry" c JOIN "User" u ON u."id" = c."userId"
		WHERE c."projectId" = ${projectId}::uuid AND u."showOnLeaderboard" AND u."suspendedAt" IS NULL
		GROUP BY u."id" ORDER BY "credit" DESC, u."id" LIMIT ${SHOWN}`;
	return { tasks: 0, devices: 0, owners: 0, ...totals, top };
}
