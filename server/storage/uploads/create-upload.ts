import { statfs } from "node:fs/promises";
import { v7 as uuidv7 } from "uuid";
import type { UploadPurpose } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { signAddress } from "../blobs/signed-address.ts";
import { countOpenUploads, insertUpload } from "./upload-store.ts";

const MIB = 1024 * 1024;
/** How long an upload may take, and how long what it brought waits to be used. */
const UPLOAD_LIFETIME_MS = 48 * 60 * 60 * 1000;
/** A person's uploads that are not complete: enough for a folder of small files at once. */
const OPEN_UPLOADS = 10_000;
/** Uploads are refused rather than filling the disk that the database may live on. */
const DISK_RESERVE_BYTES = 512 * MIB;

export interface NewUpload {
	purpose: UploadPurpose;
	userId?: string;
	taskId?: string;
	name: string;
	bytes: number;
}

/**
 * Allows one upload of exactly `bytes` bytes. They go to `path` by tus (HEAD, PATCH) until it expires.
 *
 * @throws AppError tooLarge, tooMany, unavailable when the disk is nearly full
 */
export async function createUpload(
	services: Services,
	upload: NewUpload,
): Promise<{ uploadId: string; path: string }> {
	demandSize(services.config.limits, upload);
	await demandQuota(services, upload);
	await demandSpace(services.config.dataFolder, upload.bytes);
	const id = uuidv7();
	const expiresAt = new Date(
		services.clock.now().getTime() + UPLOAD_LIFETIME_MS,
	);
	await insertUpload(services.db, {
		id,
		userId: null,
		taskId: null,
		...upload,
		expiresAt,
	});
	const claim = { kind: "upload", uploadId: id } as const;
	return {
		uploadId: id,
		path: signAddress(services.secrets.blobSecret, claim, expiresAt),
	};
}

function demandSize(
	limits: Services["config"]["limits"],
	{ purpose, bytes }: NewUpload,
): void {
	const mib = {
		taskOutput: limits.outputFileMiB,
		taskCheckpoint: limits.outputFileMiB,
		batchInput: limits.inputFileMiB,
		appSource: limits.imageMiB,
	}[purpose];
	if (bytes > mib * MIB)
		throw new AppError("tooLarge", `A file may have up to ${mib} MiB here.`);
}

async function demandQuota(
	{ db, config }: Services,
	{ userId, bytes }: NewUpload,
): Promise<void> {
	if (!userId) return;
	const open = await countOpenUploads(db, userId);
	const most = 4 * Math.max(config.limits.inputFileMiB, config.limits.imageMiB);
	if (open.uploads >= OPEN_UPLOADS || open.bytes + bytes > most * MIB)
		throw new AppError(
			"tooMany",
			"You have too many uploads that are not complete. Finish them or wait until they expire.",
		);
}

async function demandSpace(folder: string, bytes: number): Promise<void> {
	// A folder that is not there yet says nothing; writing to it will.
	const disk = await statfs(folder).catch(() => undefined);
	if (disk && disk.bavail * disk.bsize < bytes + DISK_RESERVE_BYTES)
		throw new AppError(
			"unavailable",
			"The server has no room for this file now.",
		);
}
