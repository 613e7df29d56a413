import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "../../errors.ts";

/** The programs that the server hands out; `npm run bundles` makes them. */
export const DOWNLOADS = ["lull-agent.mjs", "lull.mjs"] as const;
export type DownloadName = (typeof DOWNLOADS)[number];

const DEFAULT_FOLDER = join(import.meta.dirname, "..", "..", "..", "dist");

/** The bundles in a folder, with their checksums. They may be made anew while the server runs. */
export class AgentDownloads {
	readonly #folder: string;
	readonly #checksums = new Map<
		string,
		{ modifiedAt: number; sha256: string }
	>();

	constructor(folder: string = DEFAULT_FOLDER) {
		this.#folder = folder;
	}

	/** SHA-256 in hex. @throws AppError unavailable when the bundle was never made */
	async checksum(name: DownloadName): Promise<string> {
		const path = join(this.#folder, name);
		const { mtimeMs } = await this.#stat(name);
		const known = this.#checksums.get(name);
		if (known?.modifiedAt === mtimeMs) return known.sha256;
		const sha256 = createHash("sha256")
			.update(await readFile(path))
			.digest("hex");
		this.#checksums.set(name, { modifiedAt: mtimeMs, sha256 });
		return sha256;
	}

	/** @throws AppError unavailable when the bundle was never made */
	async send(
		name: DownloadName,
		response: ServerResponse,
		withBody: boolean,
	): Promise<void> {
		const sha256 = await this.checksum(name);
		const { size } = await this.#stat(name);
		response.writeHead(200, {
			"content-type": "text/javascript; charset=utf-8",
			"content-length": size,
			"cache-control": "no-cache",
			etag: `"${sha256}"`,
			"x-checksum-sha256": sha256,
		});
		if (!withBody) return void response.end();
		const content = createReadStream(join(this.#folder, name));
		await pipeline(content, response).catch((error: NodeJS.ErrnoException) => {
			// The reader has gone, perhaps with all that it wanted: curl leaves at the last byte.
			if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
		});
	}

	async #stat(name: DownloadName) {
		try {
			return await stat(join(this.#folder, name));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
			throw new AppError(
				"unavailable",
				`This server has no ${name}. Its operator makes it with “npm run bundles”.`,
			);
		}
	}
}
