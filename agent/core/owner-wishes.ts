import { z } from "zod";

export const ownerWishesSchema = z.object({
	paused: z.boolean(),
	/** When the pause ends by itself; null: when the owner says so. */
	pausedUntil: z.iso.datetime().nullable(),
	draining: z.boolean(),
});
/** What the owner said at the device itself. */
export type OwnerWishes = z.infer<typeof ownerWishesSchema>;

export const NO_WISHES: OwnerWishes = {
	paused: false,
	pausedUntil: null,
	draining: false,
};

/** Whether the owner's pause holds now. Pure. */
export const isPaused = (wishes: OwnerWishes, now: Date): boolean =>
	wishes.paused &&
	(wishes.pausedUntil === null ||
		now.getTime() < Date.parse(wishes.pausedUntil));
