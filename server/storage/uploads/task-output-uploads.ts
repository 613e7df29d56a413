import type { Services } from "../../services.ts";
import { signAddress } from "../blobs/signed-address.ts";
import { createUpload } from "./create-upload.ts";

/** Something that a task brings and that is too large for a report: an output, or its checkpoint. */
export interface LargeOutput {
	path: string;
	bytes: number;
	sha256: string;
}

/**
 * Which of the outputs this very task has not brought yet, each with the address to upload it to. Asking again answers
 * with the same addresses, so that an upload that was cut off goes on where it was.
 *
 * @throws AppError as createUpload
 */
export async function requestMissingOutputs(
	services: Services,
	taskId: string,
	outputs: readonly LargeOutput[],
	purpose: "taskOutput" | "taskCheckpoint" = "taskOutput",
): Promise<{ output: string; path: string }[]> {
	if (outputs.length === 0) return [];
	const uploads = await services.db.upload.findMany({
		where: {
			taskId,
			purpose,
			expiresAt: { gt: services.clock.now() },
		},
	});
	const brought = new Set(uploads.map(({ sha256 }) => sha256));
	const missing = outputs.filter(({ sha256 }) => !brought.has(sha256));
	const requests = [];
	for (const { path, bytes } of missing) {
		const begun = uploads.find(
			(upload) =>
				upload.sha256 === null &&
				upload.name === path &&
				Number(upload.bytes) === bytes,
		);
		const address = begun
			? signAddress(
					services.secrets.blobSecret,
					{ kind: "upload", uploadId: begun.id },
					begun.expiresAt,
				)
			: (
					await createUpload(services, {
						purpose,
						taskId,
						name: path,
						bytes,
					})
				).path;
		requests.push({ output: path, path: address });
	}
	return requests;
}
