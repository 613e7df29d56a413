import type { Disturbance } from "./judge-owner.ts";

/**
 *            disturbed                       quiet for `quietMs`
 *   working ───────────► aside (all frozen) ─────────────────────► working
 *
 * `quietMs` doubles with each return of the owner soon after a thaw, so that we do not come and go with every beat of
 * a busy hour, and is small again after a while without any.
 */
export interface Stance {
	/** Why we stand aside; undefined while we work. The reason is the newest one. */
	aside: (Disturbance & { sinceMs: number }) | undefined;
	/** Since when nothing has disturbed the owner; undefined while something does. */
	quietSinceMs: number | undefined;
	quietMs: number;
	thawedAtMs: number | undefined;
}

const SHORTEST_QUIET_MS = 2_000;
const LONGEST_QUIET_MS = 60_000;
/** An owner who comes back within this was not gone. */
const SOON_MS = 30_000;
/** After so long without the owner the next absence is believed as quickly as the first. */
const FORGIVEN_MS = 120_000;

export const WORKING: Stance = {
	aside: undefined,
	quietSinceMs: undefined,
	quietMs: SHORTEST_QUIET_MS,
	thawedAtMs: undefined,
};

/** The stance after another look at the owner. Pure; times are of a clock that never jumps. */
export function stepAside(
	stance: Stance,
	disturbance: Disturbance | undefined,
	nowMs: number,
): Stance {
	if (disturbance) return disturbed(stance, disturbance, nowMs);
	if (!stance.aside) return { ...stance, quietSinceMs: undefined };
	const quietSinceMs = stance.quietSinceMs ?? nowMs;
	if (nowMs - quietSinceMs < stance.quietMs) return { ...stance, quietSinceMs };
	return {
		aside: undefined,
		quietSinceMs: undefined,
		quietMs: stance.quietMs,
		thawedAtMs: nowMs,
	};
}

function disturbed(
	stance: Stance,
	disturbance: Disturbance,
	nowMs: number,
): Stance {
	const { aside } = stance;
	if (aside)
		return {
			...stance,
			aside: { ...disturbance, sinceMs: aside.sinceMs },
			quietSinceMs: undefined,
		};
	return {
		...stance,
		aside: { ...disturbance, sinceMs: nowMs },
		quietSinceMs: undefined,
		quietMs: nextQuiet(stance, nowMs),
	};
}

function nextQuiet({ thawedAtMs, quietMs }: Stance, nowMs: number): number {
	if (thawedAtMs === undefined) return quietMs;
	const sinceThaw = nowMs - thawedAtMs;
	if (sinceThaw < SOON_MS) return Math.min(LONGEST_QUIET_MS, quietMs * 2);
	return sinceThaw > FORGIVEN_MS ? SHORTEST_QUIET_MS : quietMs;
}
