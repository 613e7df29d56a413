import type { Readable } from "node:stream";

/** What is left of a blob that nobody needs, and the files that crashes left behind. */
export interface SweepOutcome {
	blobs: number;
	bytes: number;
	strayFiles: number;
}

/** Bytes, kept under the SHA-256 of their content: never changed, stored once, checked by whoever reads them. */
export interface BlobStore {
	/** Stores the bytes durably (fsync, Blob row) and answers their address. Storing the same bytes again is free. */
	put(content: Readable | Buffer): Promise<{ sha256: string; bytes: number }>;
	/** As `put`, for a file that is on this server already. The file itself stays where it is. */
	putFile(path: string): Promise<{ sha256: string; bytes: number }>;
	has(sha256: string): Promise<boolean>;
	/** How long the blob is. @throws AppError notFound */
	size(sha256: string): Promise<number>;
	/** Bytes of the blob, or of a range of it. @throws AppError notFound */
	read(
		sha256: string,
		range?: { offset: number; bytes: number },
	): Promise<Readable>;
	/** A short-lived signed address on this server: `/blobs/<sha256>?expires=…&signature=…` with optional download file name. */
	signDownload(
		sha256: string,
		options: { expiresAt: Date; fileName?: string },
	): string;
	/**
	 * Deletes what nothing refers to and nobody has put since `olderThan`, and what crashes left. Safe beside a `put` of
	 * the same bytes at the same moment: one of the two waits for the other.
	 */
	sweep(olderThan: Date): Promise<SweepOutcome>;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** True for the only kind of text that names a blob; anything else never gets near a path. */
export const isSha256 = (text: string): boolean => SHA256.test(text);
