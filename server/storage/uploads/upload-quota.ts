import type { Services } from "../../services.ts";

const MIB = 1024 * 1024;

/** How many uploads, and of how many bytes together. */
export interface UploadShare {
	uploads: number;
	bytes: number;
}

/**
 * What a task may bring in all: its outputs and a checkpoint are allowed to fill its disk once each. Twice the thousand
 * outputs that a report may list, so that a task which had to begin anew can bring what it made then.
 */
export const shareOfTask = (diskMiB: number): UploadShare => ({
	uploads: 2_000,
	bytes: 2 * diskMiB * MIB,
});

/*
 * What may be open at once: allowed, and not complete. Always room for several of the largest file there may be, so
 * that whoever finishes one upload at a time gets through, however little is left for him beside others.
 */

export const shareOfDevice = (limits: Services["config"]["limits"]) => ({
	uploads: 2_000,
	bytes: 4 * limits.outputFileMiB * MIB,
});

/** All devices of one owner together: an owner with many devices is not many owners. */
export const shareOfOwner = (limits: Services["config"]["limits"]) => ({
	uploads: 10_000,
	bytes: 16 * limits.outputFileMiB * MIB,
});

/** A person's own: enough for a folder of small files at once. */
export const shareOfPerson = (limits: Services["config"]["limits"]) => ({
	uploads: 10_000,
	bytes: 4 * Math.max(limits.inputFileMiB, limits.imageMiB) * MIB,
});

/** Those of `wanted`, first come first served, that fit beside what each holder has `used` of the `most` it may. */
export function grantUploads<T extends { bytes: number }>(
	wanted: readonly T[],
	holders: readonly { used: UploadShare; most: UploadShare }[],
): T[] {
	const granted: T[] = [];
	let bytes = 0;
	for (const upload of wanted) {
		const fits = holders.every(
			({ used, most }) =>
				used.uploads + granted.length + 1 <= most.uploads &&
				used.bytes + bytes + upload.bytes <= most.bytes,
		);
		if (!fits) continue;
		granted.push(upload);
		bytes += upload.bytes;
	}
	return granted;
}
