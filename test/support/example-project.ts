import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Parameters, platformSchema } from "../../agent/core/protocol.ts";
import { appNeedsSchema } from "../../server/app-versions/app-version-input.ts";
import { commandSchema } from "../../server/app-versions/check-command.ts";
import { pictureLayoutSchema } from "../../server/projects/picture-layout.ts";
import { SCIENCE_AREAS } from "../../server/projects/science-areas.ts";
import { comparisonSchema } from "../../server/verification/comparison.ts";
import { expandRanges } from "../../server/work-units/submit/expand-ranges.ts";
import {
	guessRowFormat,
	readRows,
} from "../../server/work-units/submit/read-rows.ts";
import { rangeSchema } from "../../server/work-units/submit/work-unit-source.ts";

export const EXAMPLES = [
	"class-numbers",
	"nanoparticle-scattering",
	"asteroid-belt",
] as const;
export type ExampleName = (typeof EXAMPLES)[number];

/** `lull-project.json` of an example: nothing may be missing, nothing more may be there. */
const exampleProjectSchema = z.strictObject({
	name: z.string().min(3).max(120),
	slug: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
	scienceArea: z.enum(SCIENCE_AREAS),
	description: z.strictObject({ file: z.literal("README.md") }),
	impact: z.string().min(40),
	app: z.strictObject({
		source: z.strictObject({
			kind: z.literal("dockerfile"),
			folder: z.string(),
		}),
		command: commandSchema,
		resources: z.strictObject(appNeedsSchema.required().shape),
		platforms: z.array(platformSchema).min(1),
		estimatedOperations: z.number().min(1e9).max(1e12),
		comparison: comparisonSchema,
	}),
	batch: z.strictObject({
		name: z.string().min(3),
		workUnits: z.discriminatedUnion("kind", [
			z.strictObject({
				kind: z.literal("ranges"),
				ranges: z.array(rangeSchema).min(1),
			}),
			z.strictObject({ kind: z.literal("rows"), file: z.string() }),
		]),
		quorum: z.number().int().min(1),
		targetCopies: z.number().int().min(1),
		maxErrors: z.number().int().min(1),
		maxTotal: z.number().int().min(1),
		deadlineSeconds: z.number().int().min(60),
		priority: z.number().int(),
		maxFrozenSeconds: z.number().int().min(0).optional(),
		placement: z.enum(["predictive", "random", "spread", "binpack"]),
	}),
	picture: pictureLayoutSchema.optional(),
});
export type ExampleProject = z.infer<typeof exampleProjectSchema>;

/** The path of a file of an example. */
export function exampleFile(name: ExampleName, ...path: string[]): string {
	return join(import.meta.dirname, "../../examples", name, ...path);
}

export function readExampleFile(name: ExampleName, ...path: string[]): string {
	return readFileSync(exampleFile(name, ...path), "utf8");
}

/** @throws ZodError when the definition is not as it should be */
export function readExampleProject(name: ExampleName): ExampleProject {
	return exampleProjectSchema.parse(
		JSON.parse(readExampleFile(name, "lull-project.json")),
	);
}

/** The parameters of every work unit that the example's batch makes, read as the server reads them. */
export async function listExampleWorkUnits(
	name: ExampleName,
): Promise<Parameters[]> {
	const { workUnits } = readExampleProject(name).batch;
	const items =
		workUnits.kind === "ranges"
			? expandRanges(workUnits.ranges)
			: readRows(
					createReadStream(exampleFile(name, workUnits.file)),
					guessRowFormat(workUnits.file),
				);
	const parameters: Parameters[] = [];
	for await (const item of items) {
		if ("problem" in item) throw new Error(item.problem);
		parameters.push(item.unit.parameters);
	}
	return parameters;
}
