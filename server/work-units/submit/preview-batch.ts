import type { Services } from "../../services.ts";
import { getOwnVersion, type Viewer } from "../batches/batch-access.ts";
import type { SubmitBatchInput } from "./batch-input.ts";
import { previewSource, type SourcePreview } from "./preview-source.ts";
import { findSourceFiles, sourceLimits } from "./submit-batch.ts";

export interface BatchPreview extends SourcePreview {
	/** Of all work units, each computed once. */
	estimatedOperations: number;
}

/**
 * What a submission would make, without making anything. Unlike a submission it also answers for a version that is not
 * approved yet, so that a researcher can try a source while waiting.
 *
 * @throws AppError invalidInput, notFound, conflict, tooLarge
 */
export async function previewBatch(
	services: Services,
	user: Viewer,
	input: Pick<
		SubmitBatchInput,
		"appVersionId" | "source" | "estimatedOperations"
	>,
): Promise<BatchPreview> {
	const version = await getOwnVersion(services.db, user, input.appVersionId);
	const preview = await previewSource({
		blobs: services.blobs,
		source: input.source,
		files: await findSourceFiles(services.db, user, input.source),
		command: version.command,
		limits: sourceLimits(services),
	});
	const each = input.estimatedOperations ?? version.estimatedOperations;
	return { ...preview, estimatedOperations: each * preview.workUnits };
}
