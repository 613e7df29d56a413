import type { DutyContext } from "../duty/duty-context.ts";
import { windowHistory } from "../duty/window-history.ts";

const SLOT_SECONDS = 1_800;
const DAY_SECONDS = 86_400;
/** Half hours that are quiet at least this often join into a window. */
const QUIET_SHARE = 0.75;
/** Longer windows are cut, since longer tasks are rare and the chance of any day being wholly quiet says little. */
const LONGEST_SECONDS = 8 * 3_600;
const NO_IDEA = 0.5;

/** A time of the coming day in which the device is likely to stay under its limit. */
export interface IdleWindow {
	/** Unix seconds. */
	from: number;
	to: number;
	/** That it stays under the limit all through. */
	probability: number;
}

/**
 * The idle windows of the day after the end of the series, from what the same hours were on the days before. Half hours
 * that are mostly quiet are joined; a window's probability is that of all of it.
 */
export function findIdleWindows(
	duty: DutyContext,
	limitPercent: number,
): IdleWindow[] {
	const end = duty.timeOf(duty.steps);
	const first = Math.ceil(end / SLOT_SECONDS) * SLOT_SECONDS;
	const windows: IdleWindow[] = [];
	let from: number | undefined;
	for (let t = first; t <= first + DAY_SECONDS; t += SLOT_SECONDS) {
		const quiet =
			t < first + DAY_SECONDS &&
			quietShare(duty, limitPercent, t, t + SLOT_SECONDS) >= QUIET_SHARE;
		if (quiet) from ??= t;
		if (
			from === undefined ||
			(quiet && t + SLOT_SECONDS - from <= LONGEST_SECONDS)
		)
			continue;
		windows.push({
			from,
			to: t,
			probability: quietShare(duty, limitPercent, from, t),
		});
		from = quiet ? t : undefined;
	}
	return windows;
}

/** How often the same hours stayed under the limit, days of the same sort counting most. */
function quietShare(
	duty: DutyContext,
	limitPercent: number,
	from: number,
	to: number,
): number {
	const start = Math.round((from - duty.start) / duty.stepSeconds);
	const { usualShare, alikeDaysShare } = windowHistory(
		duty,
		duty.view(limitPercent),
		start,
		duty.stepsOf(to - from),
	);
	const shares = [usualShare, alikeDaysShare].filter(
		(share) => !Number.isNaN(share),
	);
	return shares.length
		? shares.reduce((sum, share) => sum + share, 0) / shares.length
		: NO_IDEA;
}
