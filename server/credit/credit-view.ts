import { decayRecentCredit } from "./recent-average.ts";

/** What somebody was granted in all, and lately (a day, half-life one week), as of now. */
export interface CreditView {
	totalCredit: number;
	recentCredit: number;
}

/** Of a row of totals; who was granted nothing yet has none. */
export const viewCredit = (
	row: { total: number; recent: number; recentAt: Date } | null,
	now: Date,
): CreditView => ({
	totalCredit: row?.total ?? 0,
	recentCredit: row ? decayRecentCredit(row.recent, row.recentAt, now) : 0,
});
