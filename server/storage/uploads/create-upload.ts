import { v7 as uuidv7 } from "uuid";
import { inTransaction } from "../../database/db.ts";
import type { UploadPurpose } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { signAddress } from "../blobs/signed-address.ts";
import { demandDiskSpace } from "./demand-disk-space.ts";
import { demandFileSize } from "./demand-file-size.ts";
import { grantUploads, shareOfPerson } from "./upload-quota.ts";
import {
	countUploadsOfPerson,
	insertUploads,
	lockUploadShare,
} from "./upload-store.ts";

/** How long an upload may take, and how long what it brought waits to be used. */
export const UPLOAD_LIFETIME_MS = 48 * 60 * 60 * 1000;

export interface NewUpload {
	purpose: UploadPurpose;
	userId: string;
	name: string;
	bytes: number;
}

/**
 * Allows a person one upload of exactly `bytes` bytes. They go to `path` by tus (HEAD, PATCH) until it expires.
 *
 * @throws AppError tooLarge, tooMany, unavailable when the disk is nearly full
 */
export async function createUpload(
	services: Services,
	upload: NewUpload,
): Promise<{ uploadId: string; path: string }> {
	const { config, clock, db, secrets } = services;
	demandFileSize(config.limits, upload.purpose, upload.bytes);
	await demandDiskSpace(config.dataFolder, upload.bytes);
	const id = uuidv7();
	const expiresAt = new Date(clock.now().getTime() + UPLOAD_LIFETIME_MS);
	await inTransaction(db, async (tx) => {
		await lockUploadShare(tx, upload.userId);
		const used = await countUploadsOfPerson(tx, upload.userId);
		const most = shareOfPerson(config.limits);
		if (grantUploads([upload], [{ used, most }]).length === 0)
			throw new AppError(
				"tooMany",
				"You have too many uploads that are not complete. Finish them or wait until they expire.",
			);
		await insertUploads(tx, [
			{ id, taskId: null, deviceId: null, ...upload, expiresAt },
		]);
	});
	const claim = { kind: "upload", uploadId: id } as const;
	return {
		uploadId: id,
		path: signAddress(secrets.blobSecret, claim, expiresAt),
	};
}
