import { type Db, inTransaction } from "../database/db.ts";
import { noteForecasts } from "../predictor/score/forecast-score-store.ts";
import { confirmPlan } from "./confirm-plan.ts";
import { applyCuts } from "./cut-store.ts";
import { claimUnsentTasks, leaseTasks } from "./lease-store.ts";
import type { PlacementPlan, PlannedTask } from "./placement-plan.ts";

/** Does what is still true of a plan, in one short transaction. */
export function carryOutPlan(
	db: Db,
	plan: Pick<PlacementPlan, "placements" | "cuts">,
	now: Date,
): Promise<{ leased: PlannedTask[]; cut: number }> {
	const { placements, cuts } = plan;
	if (placements.length === 0 && cuts.length === 0)
		return Promise.resolve({ leased: [], cut: 0 });
	return inTransaction(db, async (db) => {
		const claimed = await claimUnsentTasks(
			db,
			placements.map(({ taskId }) => taskId),
			[...placements, ...cuts].map(({ workUnitId }) => workUnitId),
		);
		const confirmed = confirmPlan(plan, claimed);
		const ids = await leaseTasks(db, confirmed.placements, now);
		const leased = confirmed.placements.filter(({ taskId }) => ids.has(taskId));
		await noteForecasts(db, leased, now);
		return { leased, cut: await applyCuts(db, confirmed.cuts, now) };
	});
}
