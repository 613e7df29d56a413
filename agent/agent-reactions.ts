import type { AgentParts } from "./agent-parts.ts";
import { NO_WISHES, type OwnerWishes } from "./core/owner-wishes.ts";
import { countContainers, type Observed } from "./core/plan.ts";
import type { Wanted } from "./core/protocol.ts";

/**
 * What follows for the other parts of an agent when something happens to one of them. Nothing is decided here: each is
 * only told to look, or to say what it has to say.
 */
export class AgentReactions {
	readonly #parts: () => AgentParts;

	/** @param parts asked for when something happens, since the parts are made with their reactions in hand */
	constructor(parts: () => AgentParts) {
		this.#parts = parts;
	}

	/** The server has let us in: whatever it should know is said once more. */
	async welcomed(): Promise<void> {
		const { connection, measurer, feed, looks, telemetry, guard } =
			this.#parts();
		if (measurer.latest) connection.measurements(measurer.latest);
		await feed.sayEverything();
		looks.serverIsBack();
		await telemetry.handIn();
		await guard.handInRecords();
	}

	/** The server has sent its list. */
	listCame(list: Wanted): void {
		const { context, feed, guard, looks } = this.#parts();
		context.wanted.hear(list);
		feed.watched = list.watch.taskIds;
		guard.hear(list);
		looks.look();
	}

	/** A look was taken at what is on the device. */
	looked(now: Observed, before: Observed | undefined): void {
		this.#parts().feed.looked(now);
		if (countContainers(before) !== countContainers(now))
			void this.#containersChanged().catch(() => {}); // it will change again
	}

	/** Something is to be done or told because of the owner. */
	async guardChanged(): Promise<void> {
		const { looks, feed } = this.#parts();
		looks.look();
		feed.tellProgress();
		await feed.offer();
	}

	/** The owner, at the device, wishes something else. */
	async wished(said: OwnerWishes): Promise<void> {
		const { wishes, feed, looks } = this.#parts();
		await wishes.hear(said);
		await feed.offer();
		looks.look();
	}

	/** The owner, at the device, wants it at once; afterwards it stays paused. */
	async wantedAtOnce(images: boolean): Promise<void> {
		const { guard, wishes, context } = this.#parts();
		const taking = guard.takeNow(images);
		await wishes.hear({ ...NO_WISHES, paused: true });
		await taking;
		await context.images.listIds();
		await this.guardChanged();
	}

	async #containersChanged(): Promise<void> {
		const { guard, context } = this.#parts();
		await guard.arrange();
		// A task that has begun to run may have brought a new image.
		await context.images.listIds();
	}
}
