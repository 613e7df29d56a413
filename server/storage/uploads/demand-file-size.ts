import type { UploadPurpose } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";

/** @throws AppError tooLarge when one file for this use may not have so many bytes */
export function demandFileSize(
	limits: Services["config"]["limits"],
	purpose: UploadPurpose,
	bytes: number,
): void {
	const mib = {
		taskOutput: limits.outputFileMiB,
		taskCheckpoint: limits.outputFileMiB,
		batchInput: limits.inputFileMiB,
		appSource: limits.imageMiB,
	}[purpose];
	if (bytes > mib * 1024 * 1024)
		throw new AppError("tooLarge", `A file may have up to ${mib} MiB here.`);
}
