import {
	NO_WISHES,
	type OwnerWishes,
	ownerWishesSchema,
} from "../core/owner-wishes.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import type { StateFolder } from "./state-folder.ts";

/** What the owner said at the device, so that it holds after a restart too. */
export const readWishes = async (state: StateFolder): Promise<OwnerWishes> =>
	(await readJsonFile(state.wishes, ownerWishesSchema)) ?? NO_WISHES;

export const writeWishes = (
	state: StateFolder,
	wishes: OwnerWishes,
): Promise<void> => writeJsonFile(state.wishes, wishes);
