import type { BatchState } from "../database/generated/enums.ts";

/**
 * The life of a batch:
 *
 *   submitting ──► open ⇄ done
 *        │           └──────► cancelled
 *        └──► abandoned ──► removed
 *
 * - submitting: its work units are being stored, chunk by chunk. Nobody but its submission sees it: it is not placed,
 *   reviewed, listed or counted, so that its work units arrive all or none, with the one write that opens it.
 * - abandoned: the submission failed, or its process died; a sweep removes what had been stored.
 * - done: nothing of it is open; running failed work units again opens it again.
 */
export const ARRIVED_STATES = [
	"open",
	"done",
	"cancelled",
] as const satisfies readonly BatchState[];
/** What anybody ever sees of a batch. */
export type ArrivedState = (typeof ARRIVED_STATES)[number];

export const hasArrived = (state: BatchState): state is ArrivedState =>
	(ARRIVED_STATES as readonly BatchState[]).includes(state);
