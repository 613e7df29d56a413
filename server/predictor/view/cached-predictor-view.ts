import type { Services } from "../../services.ts";
import { type PredictorView, viewPredictor } from "./predictor-view.ts";

/** However many look, the tasks of a month are counted this often at the most. */
const KEEP_MS = 60_000;
const DAYS = 30;

type Counted = { at: number; view: Promise<PredictorView> };
const counted = new WeakMap<object, Counted>();

/** How right the forecasts of the last 30 days were, a minute old at the most. */
export function getPredictorView({
	db,
	clock,
}: Pick<Services, "db" | "clock">): Promise<PredictorView> {
	const now = clock.now();
	const known = counted.get(db);
	if (known && Math.abs(now.getTime() - known.at) < KEEP_MS) return known.view;
	const view = viewPredictor(db, now, DAYS);
	counted.set(db, { at: now.getTime(), view });
	// A failure is not kept: the next who asks tries again.
	view.catch(() => counted.delete(db));
	return view;
}
