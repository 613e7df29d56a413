import { z } from "zod";
import {
	AppVersionSource,
	AppVersionState,
} from "../database/generated/enums.ts";
import { comparisonSchema } from "../verification/comparison.ts";
import { parseSourceDetails } from "./app-version-input.ts";
import type { AppVersionRow } from "./app-version-store.ts";
import { cuttingSchema } from "./cutting.ts";

export const appVersionStateSchema = z.enum(AppVersionState);

/** A version as everybody may see it: what runs on devices, and that it was approved. */
export const appVersionSchema = z.object({
	id: z.uuid(),
	projectId: z.uuid(),
	number: z.number().int(),
	source: z.enum(AppVersionSource),
	state: appVersionStateSchema,
	imageId: z.string().nullable(),
	imageReference: z.string().nullable(),
	imageBytes: z.number().nullable().describe("Unpacked"),
	archiveBytes: z.number().nullable().describe("What a device downloads"),
	command: z.array(z.string()),
	cores: z.number(),
	memoryMiB: z.number().int(),
	diskMiB: z.number().int(),
	platforms: z.array(z.string()),
	estimatedOperations: z.number(),
	comparison: comparisonSchema,
	cutting: cuttingSchema.nullable(),
	createdAt: z.date(),
	decidedAt: z.date().nullable(),
	manifest: z.string().nullable().describe("The exact text that is signed"),
	signature: z
		.string()
		.nullable()
		.describe("Ed25519 over the manifest, base64url"),
});
export type AppVersionView = z.infer<typeof appVersionSchema>;

/** The same with what only its researcher and the admins see. */
export const appVersionInsideSchema = appVersionSchema.extend({
	failureReason: z.string().nullable(),
	rejectionReason: z.string().nullable(),
	sourceSha256: z.string().nullable(),
	sourceDetails: z.object({
		fileName: z.string().optional(),
		dockerfile: z.string().optional(),
		reference: z.string().optional(),
		runtime: z.string().optional(),
		entryPoint: z.string().optional(),
	}),
	context: z
		.object({
			dockerfile: z.string(),
			baseImages: z.array(z.string()),
			files: z.array(z.object({ path: z.string(), bytes: z.number() })),
			fileCount: z.number(),
			bytes: z.number(),
		})
		.nullable()
		.describe("What the image was built from"),
	buildLog: z.string(),
});
export type AppVersionInsideView = z.infer<typeof appVersionInsideSchema>;

export function viewAppVersion(version: AppVersionRow): AppVersionView {
	return appVersionSchema.parse(version);
}

export function viewAppVersionInside(
	version: AppVersionRow,
): AppVersionInsideView {
	const { context, ...sourceDetails } = parseSourceDetails(
		version.sourceDetails,
	);
	return {
		...viewAppVersion(version),
		failureReason: version.failureReason,
		rejectionReason: version.rejectionReason,
		sourceSha256: version.sourceSha256,
		sourceDetails,
		context: context
			? { ...context, baseImages: listBaseImages(context.dockerfile) }
			: null,
		buildLog: version.buildLog,
	};
}

/** What a Dockerfile's stages begin from, other than one another. */
export function listBaseImages(dockerfile: string): string[] {
	const stages = [
		...dockerfile.matchAll(
			/^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim,
		),
	];
	const names = new Set(stages.map(([, , name]) => name?.toLowerCase()));
	const bases = stages.flatMap(([, base]) => base ?? []);
	return [...new Set(bases)].filter((base) => !names.has(base.toLowerCase()));
}
