import TinyQueue from "tinyqueue";
import type { Resources } from "../devices/resources.ts";
import type { DeviceFit } from "./fit-device.ts";
import type { DeviceOffer, WaitingTask } from "./placement-plan.ts";

/** Where a device stands: the higher its score the sooner, and of equals the one that came first. */
interface Rank {
	fit: DeviceFit;
	place: number;
	score: number;
	/** Another one says where the device stands now. */
	over: boolean;
}

/** An owner stands where the best of their devices does. */
interface OwnerRank {
	owner: OwnerQueue;
	place: number;
	score: number;
}

type Standing = Pick<Rank, "place" | "score">;
const compare = (a: Standing, b: Standing): number =>
	b.score - a.score || a.place - b.place;

export const hasRoom = ({ free }: DeviceOffer, needs: Resources): boolean =>
	free.cores >= needs.cores &&
	free.memoryMiB >= needs.memoryMiB &&
	free.diskMiB >= needs.diskMiB;

/**
 * Devices that can do tasks of one kind, the best at hand: to place a thousand tasks on ten thousand devices without
 * looking at all of them for each. A queue of owners, each with a queue of their devices, because a task may not go to
 * anybody who has a copy already, and one owner may have most of the devices.
 *
 * What must stay true: what `best` answers is what looking at all of them would. So while a plan is made
 *
 *   - room only gets less: a device without room for such a task is left out for good;
 *   - a score that falls is seen when its device comes to the front, where it is put back to its place;
 *   - a score that rises, as when the fullest device comes first, must be said with `taken`.
 */
export class FitQueue {
	readonly #owners = new Map<string, OwnerQueue>();
	readonly #queue: TinyQueue<OwnerRank>;

	constructor(
		fits: readonly DeviceFit[],
		needs: Resources,
		scoreOf: (fit: DeviceFit) => number,
	) {
		const byOwner = new Map<string, Rank[]>();
		for (let place = 0; place < fits.length; place++) {
			const fit = fits[place] as DeviceFit;
			if (!hasRoom(fit.device, needs)) continue;
			const rank = { fit, place, score: scoreOf(fit), over: false };
			const ranks = byOwner.get(fit.device.ownerId);
			if (ranks) ranks.push(rank);
			else byOwner.set(fit.device.ownerId, [rank]);
		}
		const ranks: OwnerRank[] = [];
		for (const [id, own] of byOwner) {
			const owner = new OwnerQueue(id, own, needs, scoreOf);
			this.#owners.set(id, owner);
			const first = owner.first();
			if (first) ranks.push(owner.stand(first));
		}
		this.#queue = new TinyQueue(ranks, compare);
	}

	/** The best device that has room and may have the task. */
	best(
		task: Pick<WaitingTask, "excludedOwners" | "excludedDevices">,
	): DeviceFit | undefined {
		const seen: OwnerRank[] = [];
		let best: Rank | undefined;
		for (
			let rank = this.#queue.peek();
			rank && !(best && compare(best, rank) <= 0);
			rank = this.#queue.peek()
		) {
			this.#queue.pop();
			// An older rank of an owner who stands elsewhere by now.
			if (rank.owner.rank !== rank || this.#hasMoved(rank)) continue;
			seen.push(rank);
			if (task.excludedOwners.includes(rank.owner.id)) continue;
			const allowed = rank.owner.firstBut(task.excludedDevices);
			if (allowed && (!best || compare(allowed, best) < 0)) best = allowed;
		}
		for (const rank of seen) this.#queue.push(rank);
		return best?.fit;
	}

	/** A task was put on the device, by whichever queue; only needed where scores may rise by that. */
	taken({ deviceId, ownerId }: DeviceOffer): void {
		const owner = this.#owners.get(ownerId);
		const moved = owner?.move(deviceId);
		if (!owner || !moved) return;
		if (!owner.rank || compare(moved, owner.rank) < 0)
			this.#queue.push(owner.stand(moved));
	}

	/** True when the owner's best device stands elsewhere by now, or there is none left; the owner is put there. */
	#hasMoved(rank: OwnerRank): boolean {
		const first = rank.owner.first();
		if (first && compare(first, rank) === 0) return false;
		if (first) this.#queue.push(rank.owner.stand(first));
		return true;
	}
}

/** One owner's devices. */
class OwnerQueue {
	readonly id: string;
	/** Where they stand now. */
	rank: OwnerRank | undefined;
	readonly #queue: TinyQueue<Rank>;
	readonly #needs: Resources;
	readonly #scoreOf: (fit: DeviceFit) => number;
	#byDevice: Map<string, Rank> | undefined;

	constructor(
		id: string,
		ranks: Rank[],
		needs: Resources,
		scoreOf: (fit: DeviceFit) => number,
	) {
		this.id = id;
		this.#needs = needs;
		this.#scoreOf = scoreOf;
		this.#queue = new TinyQueue(ranks, compare);
	}

	stand({ place, score }: Standing): OwnerRank {
		this.rank = { owner: this, place, score };
		return this.rank;
	}

	/** The best one that has room. */
	first(): Rank | undefined {
		for (let rank = this.#queue.peek(); rank; rank = this.#queue.peek()) {
			const score = this.#scoreOf(rank.fit);
			const isHere = !rank.over && hasRoom(rank.fit.device, this.#needs);
			if (isHere && score === rank.score) return rank;
			this.#queue.pop();
			if (!isHere) continue;
			rank.score = score;
			this.#queue.push(rank);
		}
		return undefined;
	}

	/** The best one that has room and is none of these. */
	firstBut(deviceIds: readonly string[]): Rank | undefined {
		const first = this.first();
		const isOne = (rank: Rank) => deviceIds.includes(rank.fit.device.deviceId);
		if (!first || !isOne(first)) return first;
		const aside: Rank[] = [];
		let rank: Rank | undefined = first;
		for (; rank && isOne(rank); rank = this.first()) {
			this.#queue.pop();
			aside.push(rank);
		}
		for (const one of aside) this.#queue.push(one);
		return rank;
	}

	/** Puts the device where it stands now. */
	move(deviceId: string): Rank | undefined {
		this.#byDevice ??= new Map(
			this.#queue.data.map((rank) => [rank.fit.device.deviceId, rank]),
		);
		const before = this.#byDevice.get(deviceId);
		if (!before) return undefined;
		const { fit, place } = before;
		const rank = { fit, place, score: this.#scoreOf(fit), over: false };
		before.over = true;
		this.#byDevice.set(deviceId, rank);
		this.#queue.push(rank);
		return rank;
	}
}
