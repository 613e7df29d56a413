import { type OwnerRules, ownerRulesSchema } from "../core/protocol.ts";
import {
	effectiveRules,
	LOOSEST_RULES,
	type RuleBook,
} from "../core/rules/effective-rules.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { readRules, writePortalRules } from "../state/stored-rules.ts";

/** Holds the owner's rules in memory and on the disk, so that they are obeyed without the server. */
export class RuleKeeper {
	readonly #state: StateFolder;
	#book: RuleBook = {
		portal: ownerRulesSchema.parse({}),
		device: LOOSEST_RULES,
	};
	#effective: OwnerRules = effectiveRules(this.#book);

	constructor(state: StateFolder) {
		this.#state = state;
	}

	/** What the device obeys. */
	get rules(): OwnerRules {
		return this.#effective;
	}

	/** Reads what was said at the portal and at the device; again when something else was said. */
	async load(): Promise<void> {
		this.#open(await readRules(this.#state));
	}

	/**
	 * What the portal says now holds at once; the promise is that it is kept.
	 * @param rules undefined when the portal has nothing new to say
	 */
	async hear(rules: OwnerRules | undefined): Promise<void> {
		if (!rules || JSON.stringify(rules) === JSON.stringify(this.#book.portal))
			return;
		this.#open({ ...this.#book, portal: rules });
		await writePortalRules(this.#state, rules);
	}

	#open(book: RuleBook): void {
		this.#book = book;
		this.#effective = effectiveRules(book);
	}
}
