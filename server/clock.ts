/** Time comes from outside, so that every decision can be replayed. */
export interface Clock {
	now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
