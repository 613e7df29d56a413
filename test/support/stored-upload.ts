import type { Services } from "../../server/services.ts";
import { createUpload } from "../../server/storage/uploads/create-upload.ts";
import { markUploadStored } from "../../server/storage/uploads/upload-store.ts";

/** A person's upload that is complete, as if its bytes had come by tus. */
export async function aStoredUpload(
	services: Services,
	userId: string,
	name: string,
	content: string | Buffer,
): Promise<string> {
	const bytes = Buffer.from(content);
	const { uploadId } = await createUpload(services, {
		purpose: "batchInput",
		userId,
		name,
		bytes: bytes.length,
	});
	const { sha256 } = await services.blobs.put(bytes);
	await markUploadStored(services.db, uploadId, sha256);
	return uploadId;
}
