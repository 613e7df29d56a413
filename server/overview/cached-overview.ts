import type { Services } from "../services.ts";
import { countOverview, type Overview } from "./overview-store.ts";

/** However many look, the figures are counted this often at the most. */
const KEEP_MS = 5_000;

type Counted = { at: number; figures: Promise<Overview> };
const counted = new WeakMap<object, Counted>();

/** The network's figures, a few seconds old at the most. Those who ask at the same time wait for the same count. */
export function getOverview({
	db,
	clock,
}: Pick<Services, "db" | "clock">): Promise<Overview> {
	const now = clock.now();
	const known = counted.get(db);
	if (known && Math.abs(now.getTime() - known.at) < KEEP_MS)
		return known.figures;
	const figures = countOverview(db, now);
	counted.set(db, { at: now.getTime(), figures });
	// A failure is not kept: the next who asks tries again.
	figures.catch(() => counted.delete(db));
	return figures;
}
