import { z } from "zod";
import {
	filePathSchema,
	type Parameters,
	parameterNameSchema,
} from "../../../agent/core/protocol.ts";

/** A number, or the same as text, where a number would lose digits: `"0.1"`, `-3`, `2400000`. */
const exactNumber = z.union([
	z.number().refine((value) => Math.abs(value) <= 1e18, "is too large"),
	z
		.string()
		.regex(/^[+-]?\d{1,18}(\.\d{1,18})?$/, "must be a number like -3 or 0.25"),
]);

/** Counts from `from` by `step` to before `to`. `endName` names the parameter that holds where each step ends. */
export const rangeSchema = z.object({
	name: parameterNameSchema,
	from: exactNumber,
	to: exactNumber,
	step: exactNumber.default(1),
	endName: parameterNameSchema.optional(),
});
export type Range = z.infer<typeof rangeSchema>;

/** Where the work units of a batch come from. Files are named by uploads that are complete. */
export const workUnitSourceSchema = z.discriminatedUnion("kind", [
	/** One work unit for each file: of these uploads, or in one .zip, .tar or .tar.gz. Parameters: `file`, `name`. */
	z.object({
		kind: z.literal("files"),
		uploadIds: z.array(z.uuid()).min(1).max(10_000),
	}),
	/** One for each row of a CSV file, whose header names the parameters, or of a JSON Lines file. */
	z.object({
		kind: z.literal("rows"),
		uploadId: z.uuid(),
		format: z.enum(["csv", "jsonLines"]).optional(),
	}),
	/** One for each combination; the last range counts fastest. */
	z.object({
		kind: z.literal("ranges"),
		ranges: z.array(rangeSchema).min(1).max(8),
	}),
	/** One for each so many lines of one file. Parameters: `file`, `part`, `firstLine`, `lineCount`. */
	z.object({
		kind: z.literal("lines"),
		uploadId: z.uuid(),
		linesPerPart: z.number().int().min(1).max(1_000_000_000),
		file: filePathSchema.default("lines.txt"),
	}),
]);
export type WorkUnitSource = z.infer<typeof workUnitSourceSchema>;

/** An input file of a work unit that is to be made: bytes of a stored blob. */
export interface NewInput {
	path: string;
	blobSha256: string;
	offset: number;
	bytes: number;
	/** Of exactly these bytes. */
	sha256: string;
}

export interface NewWorkUnit {
	parameters: Parameters;
	inputs: NewInput[];
}

/** What a source holds, one after the other: a work unit, or what is wrong in its place. `line` counts from 1. */
export type SourceItem =
	| { line: number; unit: NewWorkUnit }
	| { line: number; problem: string };

/** A file that was uploaded. */
export interface SourceFile {
	name: string;
	sha256: string;
	bytes: number;
}

/** The uploads that a source names. */
export function listUploadIds(source: WorkUnitSource): string[] {
	if (source.kind === "ranges") return [];
	return source.kind === "files" ? source.uploadIds : [source.uploadId];
}
