import { z } from "zod";
import { filePathSchema, platformSchema } from "../../agent/core/protocol.ts";
import { comparisonSchema } from "../verification/comparison.ts";
import { commandSchema } from "./check-command.ts";
import { cuttingSchema } from "./cutting.ts";
import { imageReferenceSchema } from "./image-reference.ts";
import {
	commandOf,
	findStockRuntime,
	STOCK_RUNTIMES,
} from "./stock-runtimes.ts";

const uploadId = z.uuid();
const runtimeIds = STOCK_RUNTIMES.map((runtime) => runtime.id);

/** Where the image comes from. The first two and the last need an upload that is complete. */
export const appSourceSchema = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("dockerfile"),
		/** A .tar, .tar.gz or .zip of the folder. */
		uploadId,
		/** Below the folder. */
		dockerfile: filePathSchema.default("Dockerfile"),
	}),
	z.object({
		kind: z.literal("archive"),
		/** What `docker save` wrote, as it is or with gzip. */
		uploadId,
	}),
	z.object({ kind: z.literal("reference"), reference: imageReferenceSchema }),
	z.object({
		kind: z.literal("code"),
		/** A .tar, .tar.gz or .zip of the folder. */
		uploadId,
		runtime: z.enum(runtimeIds as [string, ...string[]]),
		/** The file that the runtime starts with, below the folder. */
		entryPoint: filePathSchema,
	}),
]);
export type AppSource = z.infer<typeof appSourceSchema>;

/** What a version asks of a device. */
export const appNeedsSchema = z.object({
	cores: z.number().min(0.1).max(256).default(1),
	memoryMiB: z.number().int().min(16).max(1_048_576).default(256),
	diskMiB: z.number().int().min(1).max(1_048_576).default(256),
});

export const newAppVersionSchema = z.object({
	source: appSourceSchema,
	/** May be left out for a folder of code: then the runtime starts the entry point. */
	command: commandSchema.optional(),
	...appNeedsSchema.shape,
	/** Integer and floating-point operations of one work unit: what run times and credit are estimated from. */
	estimatedOperations: z.number().min(1).max(1e18),
	/** Platforms that the image may turn out to be for; it is for one in the end. */
	platforms: z
		.array(platformSchema)
		.min(1)
		.max(2)
		.default(["linux/amd64", "linux/arm64"]),
	comparison: comparisonSchema.default({ kind: "bitwise" }),
	/** How a work unit can be cut to the idle window of a device; null: it cannot. */
	cutting: cuttingSchema.nullable().default(null),
});
export type NewAppVersion = z.infer<typeof newAppVersionSchema>;

/** What may be mended of a version until it is handed in. Nothing has a default: what is absent stays. */
export const appVersionChangesSchema = z.object({
	command: commandSchema.optional(),
	cores: z.number().min(0.1).max(256).optional(),
	memoryMiB: z.number().int().min(16).max(1_048_576).optional(),
	diskMiB: z.number().int().min(1).max(1_048_576).optional(),
	estimatedOperations: z.number().min(1).max(1e18).optional(),
	comparison: comparisonSchema.optional(),
	/** Null: it cannot be cut any more. */
	cutting: cuttingSchema.nullable().optional(),
});
export type AppVersionChanges = z.infer<typeof appVersionChangesSchema>;

/** The command that is stored: what was given, or the runtime's own. Undefined when it is missing. */
export function commandFor({
	source,
	command,
}: Pick<NewAppVersion, "source" | "command">): string[] | undefined {
	if (command || source.kind !== "code") return command;
	const runtime = findStockRuntime(source.runtime);
	return runtime && commandOf(runtime, source.entryPoint);
}

const sourceDetailsSchema = z.object({
	/** Of the upload. */
	fileName: z.string().optional(),
	/** Path of the Dockerfile below the folder. */
	dockerfile: z.string().optional(),
	reference: z.string().optional(),
	runtime: z.string().optional(),
	entryPoint: z.string().optional(),
	/** What a build found in the folder, for the reviewer. */
	context: z
		.object({
			/** The text that was built with; ours, for a folder of code. */
			dockerfile: z.string(),
			files: z.array(z.object({ path: z.string(), bytes: z.number() })),
			fileCount: z.number(),
			bytes: z.number(),
		})
		.optional(),
});

/** What the column `sourceDetails` holds: what was asked for, without the bytes, and what the build saw of it. */
export type SourceDetails = z.infer<typeof sourceDetailsSchema>;

export const parseSourceDetails = (value: unknown): SourceDetails =>
	sourceDetailsSchema.parse(value);
