import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FileStore } from "@tus/file-store";
import { ERRORS, Upload } from "@tus/utils";
import type { UploadRow } from "./upload-store.ts";

/**
 * The files of uploads that are coming in. What an upload is (that it was allowed, how long it is, whether it is
 * stored) is in its row; only how far it has come is the length of its file.
 */
export class UploadFileStore extends FileStore {
	readonly #findUpload: (id: string) => Promise<UploadRow | undefined>;

	constructor(
		directory: string,
		findUpload: (id: string) => Promise<UploadRow | undefined>,
	) {
		super({ directory });
		this.#findUpload = findUpload;
		// Uploads are made by the API. Nobody makes, ends or re-measures one over tus.
		this.extensions = [];
	}

	pathOf(id: string): string {
		return join(this.directory, id);
	}

	override async getUpload(id: string): Promise<Upload> {
		const row = await this.#findUpload(id);
		if (!row) throw ERRORS.FILE_NOT_FOUND;
		const offset = row.sha256 ? row.bytes : await this.received(id);
		return new Upload({ id, size: row.bytes, offset });
	}

	/** How many bytes have arrived. Makes the file when none have. */
	async received(id: string): Promise<number> {
		const path = this.pathOf(id);
		await mkdir(dirname(path), { recursive: true });
		const handle = await open(path, "a", 0o640);
		await handle.close();
		return (await stat(path)).size;
	}

	override async write(
		...[content, id, offset]: Parameters<FileStore["write"]>
	): Promise<number> {
		// A PATCH of no bytes to an upload that is stored finds its file gone.
		await this.received(id);
		return super.write(content, id, offset);
	}

	override async remove(id: string): Promise<void> {
		await rm(this.pathOf(id), { force: true });
	}
}
