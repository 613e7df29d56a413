import type { AgentLog } from "../agent-log.ts";
import { sentenceOf } from "../core/agent-error.ts";
import type { DutyAverage } from "../core/duty-average.ts";
import { SAMPLE_STEP_MS, type Sample } from "../core/protocol.ts";
import { pause } from "../engine/engine-watch.ts";
import type { Connection } from "../link/connection.ts";
import type { DeviceSampler } from "./device-sampler.ts";
import type { TelemetryStore } from "./telemetry-store.ts";

const SAMPLES_PER_MINUTE = 60_000 / SAMPLE_STEP_MS;

interface TelemetryParts {
	sampler: DeviceSampler;
	store: TelemetryStore;
	connection: Connection;
	average: DutyAverage;
	/** Somebody looks at this device right now. */
	watched: () => boolean;
	log: AgentLog;
	now(): Date;
}

/**
 * Samples every two seconds and hands in a minute at a time. A minute that the server takes at once never touches the
 * disk; one that it does not is kept there until it does.
 */
export class TelemetryLoop {
	/** The newest sample. */
	latest: Sample | undefined;
	readonly #parts: TelemetryParts;
	#minute: Sample[] = [];
	#handingIn: Promise<void> | undefined;

	constructor(parts: TelemetryParts) {
		this.#parts = parts;
	}

	/** Samples until the signal, then keeps what is left on the disk. */
	async run(signal: AbortSignal): Promise<void> {
		const { log, store } = this.#parts;
		let next = Date.now();
		while (!signal.aborted) {
			await this.#sampleOnce().catch((error) =>
				log.warn(`A sample failed: ${sentenceOf(error)}`),
			);
			next = Math.max(next + SAMPLE_STEP_MS, Date.now());
			await pause(next - Date.now(), signal);
		}
		await this.#handingIn;
		await store.add(this.#minute);
	}

	/** Sends what lies on the disk; one at a time. */
	async handIn(): Promise<void> {
		this.#handingIn ??= this.#parts.store
			.drain((telemetry) => this.#parts.connection.telemetry(telemetry))
			.catch(() => {}) // it stays where it is
			.finally(() => {
				this.#handingIn = undefined;
			});
		return this.#handingIn;
	}

	async #sampleOnce(): Promise<void> {
		const { sampler, connection, average, watched, now } = this.#parts;
		const sample = await sampler.sample(now());
		if (!sample) return;
		this.latest = sample;
		average.push(sample.dutyCpu, sample.t);
		if (watched()) connection.sample(sample);
		this.#minute.push(sample);
		if (this.#minute.length < SAMPLES_PER_MINUTE) return;
		const minute = this.#minute;
		this.#minute = [];
		void this.#send(minute);
	}

	async #send(minute: Sample[]): Promise<void> {
		const { connection, store, log } = this.#parts;
		const taken =
			connection.connected &&
			(await connection.telemetry({ samples: minute }).catch(() => false));
		if (taken) return this.handIn();
		await store
			.add(minute)
			.catch((error) =>
				log.warn(`A minute of telemetry is lost: ${sentenceOf(error)}`),
			);
	}
}
