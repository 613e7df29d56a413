import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { Server } from "@tus/server";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { demandDiskSpace } from "./demand-disk-space.ts";
import { UploadFileStore } from "./upload-file-store.ts";
import { createUploadLocker } from "./upload-locker.ts";
import { findUpload, markUploadStored } from "./upload-store.ts";

/** Where uploads that are coming in are kept. */
export const uploadsFolder = (dataFolder: string): string =>
	join(dataFolder, "blobs", "uploads");

export interface TusUploads {
	/** Answers HEAD and PATCH for an upload whose address was checked. */
	handle(
		id: string,
		request: IncomingMessage,
		response: ServerResponse,
	): Promise<void>;
}

/**
 * Resumable uploads (tus 1.0) to rows that exist. The one truth about an upload's progress is its file, so a crash at
 * any point is mended by the next HEAD or PATCH:
 *
 *   bytes come in ─► file has its full length ─► hashed and linked as a blob ─► Upload.sha256 set ─► file deleted
 */
export function createTusUploads(services: Services): TusUploads {
	const store = new UploadFileStore(
		uploadsFolder(services.config.dataFolder),
		(id) => findUpload(services.db, id),
	);
	const complete = createCompletion(services, store);
	const tus = new Server({
		path: "/blobs/uploads",
		datastore: store,
		locker: createUploadLocker(
			services.db,
			services.uploadReleases,
			services.log,
		),
		allowedOrigins: [],
		getFileIdFromRequest: (request) =>
			new URL(request.url).pathname.split("/").at(-1),
		async onUploadFinish(_request, { id }) {
			await complete(id);
			return {};
		},
	});
	return {
		async handle(id, request, response) {
			await complete(id);
			// What was allowed when there was room may come when there is none.
			if (request.method === "PATCH")
				await demandDiskSpace(
					services.config.dataFolder,
					Number(request.headers["content-length"]) || 0,
				);
			await tus.handle(request, response);
		},
	};
}

/** Stores an upload whose bytes are all there; of calls at the same time for one upload, one does the work. */
function createCompletion(services: Services, store: UploadFileStore) {
	const running = new Map<string, Promise<void>>();
	return (id: string): Promise<void> => {
		const known = running.get(id);
		if (known) return known;
		const work = completeUpload(services, store, id).finally(() =>
			running.delete(id),
		);
		running.set(id, work);
		return work;
	};
}

async function completeUpload(
	{ db, blobs }: Services,
	store: UploadFileStore,
	id: string,
): Promise<void> {
	const upload = await findUpload(db, id);
	if (!upload) throw new AppError("notFound", "There is no such upload.");
	if (upload.sha256) return store.remove(id);
	if ((await store.received(id)) !== upload.bytes) return;
	const { sha256 } = await blobs.putFile(store.pathOf(id));
	if (!(await markUploadStored(db, id, sha256)))
		throw new AppError("gone", "The upload has expired.");
	await store.remove(id);
}
