import { statfs } from "node:fs/promises";
import { AppError } from "../../errors.ts";

/** Bytes are refused rather than filling the disk that the database may live on. */
const RESERVE_BYTES = 512 * 1024 * 1024;

/** @throws AppError unavailable when so many bytes more would nearly fill the disk */
export async function demandDiskSpace(
	folder: string,
	bytes: number,
): Promise<void> {
	// A folder that is not there yet says nothing; writing to it will.
	const disk = await statfs(folder).catch(() => undefined);
	if (disk && disk.bavail * disk.bsize < bytes + RESERVE_BYTES)
		throw new AppError(
			"unavailable",
			"The server has no room for this file now.",
		);
}
