import type { Config } from "../config.ts";
import type { ContextLimits } from "./context-entry.ts";

const MIB = 1024 * 1024;

/** What one build may take of the server. */
export interface ImageLimits {
	/** Of an image, unpacked; of its archive; and of an uploaded folder. */
	imageBytes: number;
	context: ContextLimits;
	buildMs: number;
	/** Of each step of a Dockerfile. */
	buildMemoryMiB: number;
}

export function imageLimitsOf(config: Pick<Config, "limits">): ImageLimits {
	const imageBytes = config.limits.imageMiB * MIB;
	return {
		imageBytes,
		context: { entries: 50_000, bytes: imageBytes },
		buildMs: config.limits.buildMinutes * 60_000,
		buildMemoryMiB: 2048,
	};
}
