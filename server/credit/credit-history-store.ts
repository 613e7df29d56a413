import type { Db } from "../database/db.ts";
import { type CreditView, viewCredit } from "./credit-view.ts";

const DAY_MS = 86_400_000;

export interface DayOfCredit {
	/** `2026-11-21`, in UTC. */
	day: string;
	amount: number;
}

/** What the person was granted on each of the last `days` days, today included; days without credit are there as 0. */
export async function listCreditByDay(
	db: Db,
	userId: string,
	days: number,
	now: Date,
): Promise<DayOfCredit[]> {
	const today = now.getTime() - (now.getTime() % DAY_MS);
	const first = new Date(today - (days - 1) * DAY_MS);
	const rows = await db.$queryRaw<DayOfCredit[]>`
		SELECT to_char("grantedAt" AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "day", sum("amount") AS "amount"
		FROM "CreditEntry" WHERE "userId" = ${userId}::uuid AND "grantedAt" >= ${first}
		GROUP BY 1`;
	const amounts = new Map(rows.map(({ day, amount }) => [day, amount]));
	return Array.from({ length: days }, (_, index) => {
		const day = new Date(first.getTime() + index * DAY_MS)
			.toISOString()
			.slice(0, 10);
		return { day, amount: amounts.get(day) ?? 0 };
	});
}

/** A person's credit, as of now. */
export const getCreditOfUser = async (
	db: Db,
	userId: string,
	now: Date,
): Promise<CreditView> =>
	viewCredit(await db.userCredit.findUnique({ where: { userId } }), now);
