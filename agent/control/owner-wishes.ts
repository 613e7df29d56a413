import { z } from "zod";
import { readJsonFile, writeJsonFile } from "../state/json-file.ts";
import type { StateFolder } from "../state/state-folder.ts";

const wishesSchema = z.object({
	paused: z.boolean(),
	/** When the pause ends by itself; null: when the owner says so. */
	pausedUntil: z.iso.datetime().nullable(),
	draining: z.boolean(),
});
/** What the owner said at the device itself. */
export type OwnerWishes = z.infer<typeof wishesSchema>;

export const NO_WISHES: OwnerWishes = {
	paused: false,
	pausedUntil: null,
	draining: false,
};

export const readWishes = async (state: StateFolder): Promise<OwnerWishes> =>
	(await readJsonFile(state.wishes, wishesSchema)) ?? NO_WISHES;

export const writeWishes = (
	state: StateFolder,
	wishes: OwnerWishes,
): Promise<void> => writeJsonFile(state.wishes, wishes);

export const isPaused = (wishes: OwnerWishes, now: Date): boolean =>
	wishes.paused &&
	(wishes.pausedUntil === null ||
		now.getTime() < Date.parse(wishes.pausedUntil));
