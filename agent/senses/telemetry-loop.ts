import { sentenceOf } from "../core/agent-error.ts";
import type { AgentLog } from "../core/agent-log.ts";
import type { DutyAverage } from "../core/duty-average.ts";
import { pause } from "../core/pause.ts";
import {
	SAMPLE_STEP_MS,
	type Sample,
	type Telemetry,
} from "../core/protocol.ts";
import type { UnsentTelemetry } from "../state/unsent-telemetry.ts";
import type { DeviceSampler } from "./device-sampler.ts";

const SAMPLES_PER_MINUTE = 60_000 / SAMPLE_STEP_MS;

/** Whoever samples are for. */
interface SampleReceiver {
	connected: boolean;
	/** True when it has them for good. */
	telemetry(telemetry: Telemetry): Promise<boolean>;
	/** One that somebody looks at right now; it may be lost. */
	sample(sample: Sample): void;
}

interface TelemetryParts {
	sampler: DeviceSampler;
	store: UnsentTelemetry;
	server: SampleReceiver;
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
			.drain((telemetry) => this.#parts.server.telemetry(telemetry))
			.catch(() => {}) // it stays where it is
			.finally(() => {
				this.#handingIn = undefined;
			});
		return this.#handingIn;
	}

	async #sampleOnce(): Promise<void> {
		const { sampler, server, average, watched, now } = this.#parts;
		const sample = await sampler.sample(now());
		if (!sample) return;
		this.latest = sample;
		average.push(sample.dutyCpu, sample.t);
		if (watched()) server.sample(sample);
		this.#minute.push(sample);
		if (this.#minute.length < SAMPLES_PER_MINUTE) return;
		const minute = this.#minute;
		this.#minute = [];
		void this.#send(minute);
	}

	async #send(minute: Sample[]): Promise<void> {
		const { server, store, log } = this.#parts;
		const taken =
			server.connected &&
			(await server.telemetry({ samples: minute }).catch(() => false));
		if (taken) return this.handIn();
		await store
			.add(minute)
			.catch((error) =>
				log.warn(`A minute of telemetry is lost: ${sentenceOf(error)}`),
			);
	}
}
