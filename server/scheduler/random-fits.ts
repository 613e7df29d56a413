import type { Resources } from "../devices/resources.ts";
import type { DeviceFit } from "./fit-device.ts";
import { hasRoom } from "./fit-queue.ts";
import type { WaitingTask } from "./placement-plan.ts";

/** After so many draws that the task may not have, those that it may are looked for one by one. */
const MOST_DRAWS = 20;

/** Devices that can do tasks of one kind, of which chance chooses: each that may have the task is as likely as another. */
export class RandomFits {
	readonly #fits: DeviceFit[];
	readonly #needs: Resources;
	readonly #random: () => number;

	constructor(
		fits: readonly DeviceFit[],
		needs: Resources,
		random: () => number,
	) {
		this.#fits = [...fits];
		this.#needs = needs;
		this.#random = random;
	}

	/** One of those that have room and may have the task. */
	best(
		task: Pick<WaitingTask, "excludedOwners" | "excludedDevices">,
	): DeviceFit | undefined {
		const mayHaveIt = ({ device }: DeviceFit) =>
			!task.excludedOwners.includes(device.ownerId) &&
			!task.excludedDevices.includes(device.deviceId);
		for (let draws = 0; draws < MOST_DRAWS; draws++) {
			const fit = this.#draw();
			if (!fit || mayHaveIt(fit)) return fit;
		}
		const allowed = this.#fits.filter(
			(fit) => hasRoom(fit.device, this.#needs) && mayHaveIt(fit),
		);
		return allowed[Math.floor(this.#random() * allowed.length)];
	}

	/** One that has room. Room only gets less: one that has none is left out for good. */
	#draw(): DeviceFit | undefined {
		while (this.#fits.length > 0) {
			const place = Math.floor(this.#random() * this.#fits.length);
			const fit = this.#fits[place] as DeviceFit;
			if (hasRoom(fit.device, this.#needs)) return fit;
			const last = this.#fits.pop() as DeviceFit;
			if (place < this.#fits.length) this.#fits[place] = last;
		}
		return undefined;
	}
}
