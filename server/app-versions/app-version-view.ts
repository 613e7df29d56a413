import { z } from "zod";
import {
	AppVersionSource,
	AppVersionState,
	BuildKind,
} from "../database/generated/enums.ts";
import { comparisonSchema } from "../verification/comparison.ts";
import { parseSourceDetails } from "./app-version-input.ts";
import type { AppVersionRow } from "./app-version-store.ts";
import { cuttingSchema } from "./cutting.ts";

export const appVersionStateSchema = z.enum(AppVersionState);

const buildSchema = z.object({
	platform: z.string(),
	kind: z.enum(BuildKind),
	imageId: z.string().nullable().describe("A module has none"),
	imageReference: z.string().nullable().describe("Where it was pulled from"),
	imageBytes: z.number().nullable().describe("Unpacked"),
	archiveBytes: z.number().describe("What a device downloads"),
	manifest: z.string().nullable().describe("The exact text that is signed"),
	signature: z
		.string()
		.nullable()
		.describe("Ed25519 over the manifest, base64url"),
});

/** For clients from when a version had one image. */
const OF_FIRST_BUILD = "Of the first of its builds";

/** A version as everybody may see it: what runs on devices, and that it was approved. */
export const appVersionSchema = z.object({
	id: z.uuid(),
	projectId: z.uuid(),
	number: z.number().int(),
	source: z.enum(AppVersionSource),
	state: appVersionStateSchema,
	builds: z
		.array(buildSchema)
		.describe("What it is on each platform; none before it is built"),
	imageId: z.string().nullable().describe(OF_FIRST_BUILD),
	imageReference: z.string().nullable().describe(OF_FIRST_BUILD),
	imageBytes: z.number().nullable().describe(OF_FIRST_BUILD),
	archiveBytes: z.number().nullable().describe(OF_FIRST_BUILD),
	command: z.array(z.string()),
	cores: z.number(),
	memoryMiB: z.number().int(),
	diskMiB: z.number().int(),
	platforms: z
		.array(z.string())
		.describe("Of its builds; before it is built, those that were asked for"),
	estimatedOperations: z.number(),
	comparison: comparisonSchema,
	cutting: cuttingSchema.nullable(),
	createdAt: z.date(),
	decidedAt: z.date().nullable(),
	manifest: z.string().nullable().describe(OF_FIRST_BUILD),
	signature: z.string().nullable().describe(OF_FIRST_BUILD),
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
	const [first] = version.builds;
	return appVersionSchema.parse({
		...version,
		imageId: first?.imageId ?? null,
		imageReference: first?.imageReference ?? null,
		imageBytes: first?.imageBytes ?? null,
		archiveBytes: first?.archiveBytes ?? null,
		platforms: first
			? version.builds.map(({ platform }) => platform)
			: version.platforms,
		manifest: first?.manifest ?? null,
		signature: first?.signature ?? null,
	});
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
