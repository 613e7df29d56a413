import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { z } from "zod";
import { usageError } from "../errors/cli-error.ts";
import {
	type BatchDefinition,
	batchDefinitionSchema,
	PROJECT_FILE,
	type ProjectDefinition,
	projectDefinitionSchema,
} from "./project-definition.ts";

/** A definition with its texts in place, and the folder that its files are relative to. */
export type ReadProject = Omit<ProjectDefinition, "description" | "impact"> & {
	folder: string;
	description: string;
	impact: string;
};

/** Reads `lull-project.json`, given as the file or its folder. @throws CliError that names every wrong field */
export async function readProjectDefinition(
	path: string,
): Promise<ReadProject> {
	const file = await fileOf(path);
	const folder = dirname(file);
	const definition = parseDefinition(
		projectDefinitionSchema,
		file,
		await readText(file),
	);
	const text = (value: string | { file: string }) =>
		typeof value === "string" ? value : readText(join(folder, value.file));
	return {
		...definition,
		folder,
		description: await text(definition.description),
		impact: await text(definition.impact),
	};
}

/**
 * Reads the definition of a batch: a file of its own, or the `batch` of a project's.
 *
 * @throws CliError that names every wrong field
 */
export async function readBatchDefinition(path: string): Promise<{
	batch: BatchDefinition;
	folder: string;
	/** Of the project whose file it is in. */
	slug: string | undefined;
}> {
	const file = await fileOf(path);
	if (basename(file) === PROJECT_FILE) {
		const { batch, folder, slug } = await readProjectDefinition(file);
		if (!batch) throw usageError(`${file} has no “batch”.`);
		return { batch, folder, slug };
	}
	const text = await readText(file);
	return {
		batch: parseDefinition(batchDefinitionSchema, file, text),
		folder: dirname(file),
		slug: undefined,
	};
}

/** Parses a definition's JSON. @throws CliError that names every wrong field */
export function parseDefinition<S extends z.ZodType>(
	schema: S,
	file: string,
	text: string,
): z.infer<S> {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		throw usageError(`${file} is not JSON: ${(error as Error).message}.`);
	}
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const lines = parsed.error.issues.map(
		({ path, message }) => `  ${path.join(".") || "(the whole)"}: ${message}`,
	);
	throw usageError(`${file} cannot be used:\n${lines.join("\n")}`);
}

async function fileOf(path: string): Promise<string> {
	const full = resolve(path);
	const found = await stat(full).catch(() => undefined);
	if (!found) throw usageError(`There is no ${path}.`);
	return found.isDirectory() ? join(full, PROJECT_FILE) : full;
}

async function readText(file: string): Promise<string> {
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw usageError(
			code === "ENOENT"
				? `There is no ${file}.`
				: `${file} cannot be read (${code}).`,
		);
	}
}
