import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
	type Sample,
	type Telemetry,
	telemetrySchema,
} from "../core/protocol.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";

/** A day of minutes; when the server is away for longer, the oldest go. */
const MINUTES = 1440;
const FILE = /^\d{1,16}\.json$/;

/**
 * Minutes of samples that the server has not acknowledged, a file each, named by the first sample's time. A file is
 * removed after its acknowledgement and not before, so that a minute may be sent twice (which changes nothing) but is
 * never lost to a crash.
 */
export class UnsentTelemetry {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	async add(samples: Sample[]): Promise<void> {
		const [first] = samples;
		if (!first) return;
		await writeJsonFile(join(this.#folder, `${first.t}.json`), { samples });
		const names = await this.#names();
		for (const name of names.slice(0, Math.max(0, names.length - MINUTES)))
			await rm(join(this.#folder, name), { force: true });
	}

	/** Hands what is stored to `send`, oldest first, half an hour at a time, and drops what was acknowledged. */
	async drain(send: (telemetry: Telemetry) => Promise<boolean>): Promise<void> {
		const names = await this.#names();
		for (let at = 0; at < names.length; at += 30) {
			const some = names.slice(at, at + 30);
			const read = await Promise.all(
				some.map((name) =>
					readJsonFile(join(this.#folder, name), telemetrySchema),
				),
			);
			const samples = read.flatMap((minute) => minute?.samples ?? []);
			if (samples.length && !(await send({ samples }))) return;
			for (const name of some) await rm(join(this.#folder, name));
		}
	}

	async #names(): Promise<string[]> {
		const names = (await readdir(this.#folder)).filter((name) =>
			FILE.test(name),
		);
		return names.sort(
			(a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
		);
	}
}
