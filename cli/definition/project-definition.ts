import { z } from "zod";

/** The file that describes a project, its program and its batch. docs/guides/researcher.md explains each field. */
export const PROJECT_FILE = "lull-project.json";

/** Text, or the file below the folder that holds it. */
const textOrFile = z.union([
	z.string(),
	z.strictObject({ file: z.string().min(1) }),
]);

/** A file or folder, relative to the folder that the definition is in. */
const place = z.string().min(1).max(1000);
const number = z.union([z.number(), z.string()]);

const sourceSchema = z.discriminatedUnion("kind", [
	z.strictObject({
		kind: z.literal("dockerfile"),
		folder: place.default("."),
		dockerfile: z.string().min(1).optional(),
	}),
	/** What `docker save` wrote. */
	z.strictObject({ kind: z.literal("archive"), file: place }),
	z.strictObject({ kind: z.literal("reference"), reference: z.string() }),
	z.strictObject({
		kind: z.literal("code"),
		folder: place.default("."),
		runtime: z.string().min(1),
		entryPoint: z.string().min(1),
	}),
]);

const comparisonSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("bitwise") }),
	z.strictObject({
		kind: z.literal("numeric"),
		format: z.enum(["json", "csv", "table"]),
		absolute: z.number().min(0),
		relative: z.number().min(0),
	}),
]);

export const appDefinitionSchema = z.strictObject({
	source: sourceSchema,
	command: z.array(z.string()).min(1).optional(),
	resources: z
		.strictObject({
			cores: z.number().positive().optional(),
			memoryMiB: z.number().int().positive().optional(),
			diskMiB: z.number().int().positive().optional(),
		})
		.default({}),
	platforms: z
		.array(z.enum(["linux/amd64", "linux/arm64"]))
		.min(1)
		.optional(),
	estimatedOperations: z.number().positive(),
	comparison: comparisonSchema.optional(),
	/** By which parameters a work unit can be cut to a device's idle window. */
	cutting: z
		.strictObject({
			first: z.string(),
			size: z.string().optional(),
			last: z.string().optional(),
			smallest: z.number().int().positive(),
		})
		.optional(),
});
export type AppDefinition = z.infer<typeof appDefinitionSchema>;

const workUnitsSchema = z.discriminatedUnion("kind", [
	/** One work unit for each of these files; or of the one archive's. */
	z.strictObject({ kind: z.literal("files"), files: z.array(place).min(1) }),
	z.strictObject({
		kind: z.literal("rows"),
		file: place,
		format: z.enum(["csv", "jsonLines"]).optional(),
	}),
	z.strictObject({
		kind: z.literal("ranges"),
		ranges: z
			.array(
				z.strictObject({
					name: z.string(),
					from: number,
					to: number,
					step: number.optional(),
					endName: z.string().optional(),
				}),
			)
			.min(1),
	}),
	z.strictObject({
		kind: z.literal("lines"),
		file: place,
		linesPerPart: z.number().int().positive(),
		/** What each part is called below /input. */
		inputName: z.string().min(1).optional(),
	}),
]);
export type WorkUnitsDefinition = z.infer<typeof workUnitsSchema>;

export const batchDefinitionSchema = z.strictObject({
	name: z.string().trim().min(1),
	workUnits: workUnitsSchema,
	quorum: z.number().int().optional(),
	targetCopies: z.number().int().optional(),
	maxErrors: z.number().int().optional(),
	maxTotal: z.number().int().optional(),
	deadlineSeconds: z.number().int().optional(),
	priority: z.number().int().optional(),
	placement: z.enum(["random", "spread", "binpack", "predictive"]).optional(),
	confidence: z.number().optional(),
	maxFrozenSeconds: z.number().int().optional(),
	/** What definitions of version 0.1 call it. */
	patienceSeconds: z.number().int().optional(),
	estimatedOperations: z.number().positive().optional(),
});
export type BatchDefinition = z.infer<typeof batchDefinitionSchema>;

/** A project as one file. Limits are the server's to check; here only the form is, so that a slip of the pen is named. */
export const projectDefinitionSchema = z.strictObject({
	$schema: z.string().optional(),
	name: z.string().trim().min(1),
	slug: z
		.string()
		.regex(
			/^[a-z0-9]+(-[a-z0-9]+)*$/,
			"must be small letters, digits and single hyphens",
		),
	scienceArea: z.string().trim().min(1),
	description: textOrFile,
	impact: textOrFile,
	/** How the outputs are laid out as one picture; the server knows the form. */
	picture: z.record(z.string(), z.unknown()).optional(),
	app: appDefinitionSchema,
	batch: batchDefinitionSchema.optional(),
});
export type ProjectDefinition = z.infer<typeof projectDefinitionSchema>;
