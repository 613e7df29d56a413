import { NO_WISHES, type OwnerWishes } from "../core/owner-wishes.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { readWishes, writeWishes } from "../state/stored-wishes.ts";

/** Holds what the owner wishes at the device, in memory and on the disk, so that a restart changes nothing. */
export class WishKeeper {
	readonly #state: StateFolder;
	#wishes = NO_WISHES;

	constructor(state: StateFolder) {
		this.#state = state;
	}

	get wishes(): OwnerWishes {
		return this.#wishes;
	}

	/** Reads what was said before this process began. */
	async load(): Promise<void> {
		this.#wishes = await readWishes(this.#state);
	}

	/** What is wished now holds at once and replaces what was wished before; the promise is that it is kept. */
	async hear(wishes: OwnerWishes): Promise<void> {
		this.#wishes = wishes;
		await writeWishes(this.#state, wishes);
	}
}
