import type { Db } from "../database/db.ts";
import { Prisma } from "../database/generated/client.ts";
import { HALF_LIFE_MS, RECENT_SHARE } from "./recent-average.ts";

/** Credit for one valid task. */
export interface Grant {
	taskId: string;
	workUnitId: string;
	projectId: string;
	deviceId: string;
	/** Null: the device has no account. */
	userId: string | null;
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

/*
 * The totals. Rows are taken in one order, here by table and in each by key, so that two grants never wait for each other
 * both ways; the row of a project is the last that many grants want, and is held until the transaction ends. Rows of
 * users, devices and projects themselves are not locked.
 */

/** Amounts by key; null is nobody. */
function sumBy(
	grants: readonly Grant[],
	key: "projectId" | "userId" | "deviceId",
): [ids: string[], amounts: number[]] {
	const sums = new Map<string, number>();
	for (const { [key]: id, amount } of grants)
		if (id !== null) sums.set(id, (sums.get(id) ?? 0) + amount);
	return [[...sums.keys()], [...sums.values()]];
}

const addToProjects = (db: Db, [ids, amounts]: [string[], number[]]) =>
	db.$executeRaw`
		INSERT INTO "ProjectCredit" AS c ("projectId", "total")
		SELECT id, amount FROM unnest(${ids}::uuid[], ${amounts}::float8[]) AS g(id, amount) ORDER BY id
		ON CONFLICT ("projectId") DO UPDATE SET "total" = c."total" + EXCLUDED."total"`;

/** The row `c` decays until this grant, or the grant is of before. SQL's twin of decayRecentCredit. */
const addRecent = Prisma.sql`
	"total" = c."total" + EXCLUDED."total",
	"recent" = EXCLUDED."recent" + c."recent" * power(2,
		-GREATEST(0, EXTRACT(EPOCH FROM EXCLUDED."recentAt" - c."recentAt")::float8 * 1000) / ${HALF_LIFE_MS}::float8),
	"recentAt" = GREATEST(c."recentAt", EXCLUDED."recentAt")`;

const addToUsers = (db: Db, [ids, amounts]: [string[], number[]], now: Date) =>
	db.$executeRaw`
		INSERT INTO "UserCredit" AS c ("userId", "total", "recent", "recentAt")
		SELECT id, amount, amount * ${RECENT_SHARE}::float8, ${now}
		FROM unnest(${ids}::uuid[], ${amounts}::float8[]) AS g(id, amount) ORDER BY id
		ON CONFLICT ("userId") DO UPDATE SET ${addRecent}`;

const addToDevices = (
	db: Db,
	[ids, amounts]: [string[], number[]],
	now: Date,
) =>
	db.$executeRaw`
		INSERT INTO "DeviceCredit" AS c ("deviceId", "total", "recent", "recentAt")
		SELECT id, amount, amount * ${RECENT_SHARE}::float8, ${now}
		FROM unnest(${ids}::uuid[], ${amounts}::float8[]) AS g(id, amount) ORDER BY id
		ON CONFLICT ("deviceId") DO UPDATE SET ${addRecent}`;
