import { randomUUID } from "node:crypto";
import { z } from "zod";
import { sentenceOf } from "../core/agent-error.ts";
import { readJsonFile, writeJsonFile } from "../state/json-file.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { clearDevice } from "./clear-device.ts";
import type { GuardContext } from "./guard-context.ts";

const wishSchema = z.object({
	id: z.uuid(),
	images: z.boolean(),
	done: z.boolean(),
});
/** The owner wants the device at once. */
export type YoursNowWish = Pick<z.infer<typeof wishSchema>, "id" | "images">;

interface YoursNowParts {
	context: GuardContext;
	/** Freezes everything and keeps it so, and the end of that. */
	hold: () => Promise<string[]>;
	release: () => void;
	onRecord: () => void;
	onDone: () => void;
}

/**
 *   heard ─► all frozen ─► written down ─► containers, files, images gone ─► recorded, written down as done
 *
 * A wish that was cut short by the agent's end is carried out by the next one. One that was done is not done again,
 * however often the server says it.
 */
export class YoursNowRunner {
	readonly #parts: YoursNowParts;
	#underway: { id: string; done: Promise<void> } | undefined;
	/** The last one that was carried out. */
	#doneId: string | undefined;

	constructor(parts: YoursNowParts) {
		this.#parts = parts;
	}

	/** While it is being carried out nothing may be started. */
	get isUnderway(): boolean {
		return this.#underway !== undefined;
	}

	/** Carries out a wish; at once, once, and after one that is underway. */
	async take(wish: YoursNowWish): Promise<void> {
		const before = this.#underway;
		if (before?.id === wish.id) return before.done;
		// Said again because our word was lost: said again by us, and nothing else stops for it.
		if (this.#doneId === wish.id)
			return this.#record(wish.id, "remove", null, []);
		const done = (before?.done ?? Promise.resolve())
			.catch(() => {})
			.then(() => this.#take(wish))
			.finally(() => {
				if (this.#underway?.id === wish.id) this.#underway = undefined;
				this.#parts.onDone();
			});
		this.#underway = { id: wish.id, done };
		return done;
	}

	/** What the owner says at the device has no id of the portal's. */
	takeHere(images: boolean): Promise<void> {
		return this.take({ id: randomUUID(), images });
	}

	/** Carries out what an earlier process was told and did not finish. */
	async finish(): Promise<void> {
		const wish = await readYoursNow(this.#parts.context.state);
		if (wish?.done) this.#doneId ??= wish.id;
		else if (wish) await this.take(wish);
	}

	async #take(wish: YoursNowWish): Promise<void> {
		const { context, hold, release } = this.#parts;
		const begunMs = performance.now();
		const known = await readYoursNow(context.state);
		if (known?.id === wish.id && known.done)
			return this.#record(wish.id, "remove", null, []);
		try {
			const frozen = await hold();
			const frozenMs = performance.now() - begunMs;
			context.log.info("The owner wants the device now.", { ms: frozenMs });
			await writeYoursNow(context.state, { ...wish, done: false });
			const taskIds = await clearDevice(context, wish);
			const goneMs = performance.now() - begunMs;
			await writeYoursNow(context.state, { ...wish, done: true });
			this.#doneId = wish.id;
			if (frozen.length > 0)
				await this.#record(randomUUID(), "freeze", frozenMs, frozen);
			await this.#record(wish.id, "remove", goneMs, taskIds);
		} catch (error) {
			context.log.warn(`Not everything is gone yet: ${sentenceOf(error)}`);
			throw error;
		} finally {
			release();
		}
	}

	async #record(
		id: string,
		action: "freeze" | "remove",
		latencyMs: number | null,
		taskIds: string[],
	): Promise<void> {
		const { context, onRecord } = this.#parts;
		await context.records.add({
			id,
			at: context.now().toISOString(),
			action,
			reason: "yoursNow",
			detail:
				action === "remove"
					? "You wanted the device; nothing of ours is left on it."
					: "You wanted the device.",
			latencyMs: latencyMs === null ? null : Math.round(latencyMs * 10) / 10,
			taskIds: taskIds.slice(0, 1000),
		});
		onRecord();
	}
}

/** The last wish of that kind, and whether it was carried out. */
export const readYoursNow = (state: StateFolder) =>
	readJsonFile(state.yoursNow, wishSchema);

export const writeYoursNow = (
	state: StateFolder,
	wish: z.infer<typeof wishSchema>,
): Promise<void> => writeJsonFile(state.yoursNow, wish);
