import { z } from "zod";
import { readJsonFile, writeJsonFile } from "../state/json-file.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { ContainerEngine } from "./container-engine.ts";

type ImageEngine = Pick<ContainerEngine, "hasImage" | "removeImage">;

const imageRecordSchema = z.object({
	/** Its id on this engine; an engine with another store than the server's gives another than the manifest's. */
	engineImageId: z.string(),
	/** The id in the signed manifest. */
	imageId: z.string(),
	/** False when it was on the engine before us: then we never remove it. */
	ours: z.boolean(),
	usedAt: z.iso.datetime(),
});
const imagesSchema = z.record(z.string(), imageRecordSchema);
type ImageRecord = z.infer<typeof imageRecordSchema>;

/** An image that no task has used for so long is removed. */
const UNUSED_MS = 7 * 86_400_000;

/** Which archives are on the engine, and as what. The truth is the engine's; images.json only says where to look. */
export class Images {
	readonly #state: StateFolder;
	readonly #engine: ImageEngine;
	/** Archives that are on their way onto the engine: it shows an image before it has all of it. */
	readonly #loading = new Set<string>();
	#ids: readonly string[] = [];
	/** Changes to the file happen one after the other. */
	#turn: Promise<unknown> = Promise.resolve();

	constructor(state: StateFolder, engine: ImageEngine) {
		this.#state = state;
		this.#engine = engine;
	}

	/** Whether the engine takes in an image for us right now. */
	get isLoading(): boolean {
		return this.#loading.size > 0;
	}

	/** The engine's id of a manifest's image; undefined when it is not there. */
	async find(
		archiveSha256: string,
		imageId: string,
	): Promise<string | undefined> {
		if (this.#loading.has(archiveSha256)) return undefined;
		const known = (await this.#read())[archiveSha256];
		const candidates = [known?.engineImageId, imageId];
		for (const candidate of candidates)
			if (candidate && (await this.#engine.hasImage(candidate)))
				return candidate;
		return undefined;
	}

	/**
	 * Notes an image as ours, has it loaded by `load`, and notes it as what it became. Ours comes first, so that an
	 * image which was loaded just before a crash is not taken for the owner's.
	 */
	async load(
		archiveSha256: string,
		imageId: string,
		load: () => Promise<string>,
		now: Date,
	): Promise<void> {
		this.#loading.add(archiveSha256);
		try {
			const note = (engineImageId: string) =>
				this.remember(
					archiveSha256,
					{ engineImageId, imageId, ours: true },
					now,
				);
			await note(imageId);
			await note(await load());
		} finally {
			this.#loading.delete(archiveSha256);
		}
	}

	/** Notes that an archive is on the engine and in use at `now`. */
	async remember(
		archiveSha256: string,
		image: Omit<ImageRecord, "usedAt" | "ours"> & { ours?: boolean },
		now: Date,
	): Promise<void> {
		await this.#change((records) => {
			const ours = image.ours ?? records[archiveSha256]?.ours ?? false;
			records[archiveSha256] = { ...image, ours, usedAt: now.toISOString() };
		});
	}

	/** What `listIds` answered last. */
	get ids(): readonly string[] {
		return this.#ids;
	}

	/** Ids (the manifests') of the images that tasks of ours have used and that are still on the engine. */
	async listIds(): Promise<readonly string[]> {
		const records = Object.values(await this.#read());
		const present = await Promise.all(
			records.map(async ({ engineImageId, imageId }) =>
				(await this.#engine.hasImage(engineImageId)) ? [imageId] : [],
			),
		);
		this.#ids = [...new Set(present.flat())].slice(0, 1000);
		return this.#ids;
	}

	/** Removes images that we loaded and that nobody has used for a week (`now` at once with `all`). */
	async sweep(now: Date, { all = false } = {}): Promise<void> {
		const unused = ([, record]: [string, ImageRecord]) =>
			all || now.getTime() - Date.parse(record.usedAt) > UNUSED_MS;
		for (const [archive, record] of Object.entries(await this.#read()).filter(
			unused,
		)) {
			if (record.ours) await this.#engine.removeImage(record.engineImageId);
			await this.#change((records) => {
				delete records[archive];
			});
		}
	}

	async #read(): Promise<Record<string, ImageRecord>> {
		return (await readJsonFile(this.#state.images, imagesSchema)) ?? {};
	}

	#change(
		change: (records: Record<string, ImageRecord>) => void,
	): Promise<void> {
		const turn = this.#turn.then(async () => {
			const records = await this.#read();
			change(records);
			await writeJsonFile(this.#state.images, records);
		});
		this.#turn = turn.catch(() => {});
		return turn;
	}
}
