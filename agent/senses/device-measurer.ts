import type { Measurements } from "../core/protocol.ts";
import type { EngineInfo } from "../engine/container-engine.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { measureDevice } from "./measure-device.ts";

/** Keeps what the device has measured of itself. */
export class DeviceMeasurer {
	/** What was measured last; undefined before the first time. */
	latest: Measurements | undefined;
	readonly #state: StateFolder;
	readonly #info: EngineInfo;

	constructor(state: StateFolder, info: EngineInfo) {
		this.#state = state;
		this.#info = info;
	}

	async measure(now: Date): Promise<Measurements> {
		this.latest = await measureDevice(this.#state, this.#info, now);
		return this.latest;
	}
}
