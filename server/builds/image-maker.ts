import type { SourceDetails } from "../app-versions/app-version-input.ts";
import type { Config } from "../config.ts";
import type { BlobStore } from "../storage/blobs/blob-store.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { ImageLimits } from "./image-limits.ts";
import type { ContextSummary } from "./summarise-context.ts";

/** One version whose image is to be made, and everything that making it needs. */
export interface ImageJob {
	engine: BuildEngine;
	blobs: Pick<BlobStore, "read" | "size" | "put">;
	limits: ImageLimits;
	buildNetwork: Config["buildNetwork"];
	/** The name that the image gets on the engine. */
	tag: string;
	details: SourceDetails;
	/** The uploaded folder or archive. Every source but a reference has one. */
	sourceSha256: string;
	platforms: readonly string[];
	/** Ends the job when the researcher cancels it, its time is up, or the server stops. */
	signal: AbortSignal;
	print(text: string): void;
}

/** What making the image told us that a reviewer wants to see. */
export interface MadeImage {
	/** Of a pulled image: repository@sha256:… */
	imageReference: string | null;
	/** Of a built one. */
	context?: ContextSummary & { dockerfile: string };
}

/** Puts the image on the engine under `job.tag`. @throws AppError when the source is at fault; Error when the engine says so */
export type ImageMaker = (job: ImageJob) => Promise<MadeImage>;
