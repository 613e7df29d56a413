import type { Db } from "../database/db.ts";
import { HALF_LIFE_MS, RECENT_SHARE } from "./recent-average.ts";

/** Credit for one valid task. */
export interface Grant {
	taskId: string;
	workUnitId: string;
	projectId: string;
	deviceId: string;
	userId: string;
	/** Cobblestones. */
	amount: number;
}

/**
 * Appends to the ledger and moves the totals that are derived from it, in the caller's transaction. A task that has an
 * entry already is passed over, so that nothing is ever granted twice.
 */
export async function appendCredit(
	db: Db,
	grants: readonly Grant[],
	now: Date,
): Promise<void> {
	if (grants.length === 0) return;
	const column = <K extends keyof Grant>(key: K) =>
		grants.map((grant) => grant[key]);
	const entered = await db.$queryRaw<{ taskId: string }[]>`
		INSERT INTO "CreditEntry" ("taskId", "workUnitId", "projectId", "deviceId", "userId", "amount", "grantedAt")
		SELECT t, w, p, d, u, a, ${now}
		FROM unnest(${column("taskId")}::uuid[], ${column("workUnitId")}::uuid[], ${column("projectId")}::uuid[],
			${column("deviceId")}::uuid[], ${column("userId")}::uuid[], ${column("amount")}::float8[])
			AS g(t, w, p, d, u, a)
		ON CONFLICT ("taskId") DO NOTHING
		RETURNING "taskId"`;
	const isNew = new Set(entered.map(({ taskId }) => taskId));
	const fresh = grants.filter(({ taskId }) => isNew.has(taskId));
	await db.$executeRaw`
		UPDATE "Task" t SET "grantedCredit" = g.a
		FROM unnest(${fresh.map(({ taskId }) => taskId)}::uuid[], ${fresh.map(({ amount }) => amount)}::float8[]) AS g(id, a)
		WHERE t."id" = g.id`;
	await addToProjects(db, sumBy(fresh, "projectId"));
	await addToUsers(db, sumBy(fresh, "userId"), now);
	await addToDevices(db, sumBy(fresh, "deviceId"), now);
}

/** Amounts by key, sorted by it: rows are always locked in the same order, so that two reviews cannot wait for each other. */
function sumBy(
	grants: readonly Grant[],
	key: "projectId" | "userId" | "deviceId",
): [ids: string[], amounts: number[]] {
	const sums = new Map<string, number>();
	for (const grant of grants)
		sums.set(grant[key], (sums.get(grant[key]) ?? 0) + grant.amount);
	const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
	return [sorted.map(([id]) => id), sorted.map(([, amount]) => amount)];
}

const addToProjects = (db: Db, [ids, amounts]: [string[], number[]]) =>
	db.$executeRaw`
		WITH locked AS (SELECT "id" FROM "Project" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE)
		UPDATE "Project" x SET "totalCredit" = x."totalCredit" + g.a
		FROM unnest(${ids}::uuid[], ${amounts}::float8[]) AS g(id, a), locked WHERE x."id" = g.id AND locked."id" = g.id`;

const addToUsers = (db: Db, [ids, amounts]: [string[], number[]], now: Date) =>
	db.$executeRaw`
		WITH locked AS (SELECT "id" FROM "User" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE)
		UPDATE "User" x SET "totalCredit" = x."totalCredit" + g.a,
			"recentCredit" = x."recentCredit" * power(2, -GREATEST(0, COALESCE(EXTRACT(EPOCH FROM
				${now}::timestamptz - x."recentCreditAt"), 0)::float8 * 1000) / ${HALF_LIFE_MS}::float8) + g.a * ${RECENT_SHARE}::float8,
			"recentCreditAt" = GREATEST(x."recentCreditAt", ${now})
		FROM unnest(${ids}::uuid[], ${amounts}::float8[]) AS g(id, a), locked WHERE x."id" = g.id AND locked."id" = g.id`;

const addToDevices = (
	db: Db,
	[ids, amounts]: [string[], number[]],
	now: Date,
) =>
	db.$executeRaw`
		WITH locked AS (SELECT "id" FROM "Device" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "id" FOR NO KEY UPDATE)
		UPDATE "Device" x SET "totalCredit" = x."totalCredit" + g.a,
			"recentCredit" = x."recentCredit" * power(2, -GREATEST(0, COALESCE(EXTRACT(EPOCH FROM
				${now}::timestamptz - x."recentCreditAt"), 0)::float8 * 1000) / ${HALF_LIFE_MS}::float8) + g.a * ${RECENT_SHARE}::float8,
			"recentCreditAt" = GREATEST(x."recentCreditAt", ${now})
		FROM unnest(${ids}::uuid[], ${amounts}::float8[]) AS g(id, a), locked WHERE x."id" = g.id AND locked."id" = g.id`;
