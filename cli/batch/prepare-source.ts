import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { WorkUnitSource } from "../api/portal-api.ts";
import type { Cli } from "../cli.ts";
import type { WorkUnitsDefinition } from "../definition/project-definition.ts";
import { usageError } from "../errors/cli-error.ts";
import { listFolder, packFolder } from "../transfer/pack-folder.ts";
import { type SentFile, sendFile } from "../transfer/send-file.ts";

export interface PreparedSource {
	source: WorkUnitSource;
	/** What the source is made of, whichever uploads brought it: the same for the same work. */
	content: unknown;
}

/** Uploads the files that a definition names, and answers with the source that names the uploads. */
export async function prepareSource(
	cli: Cli,
	folder: string,
	definition: WorkUnitsDefinition,
): Promise<PreparedSource> {
	if (definition.kind === "ranges")
		return { source: definition, content: definition };
	if (definition.kind === "files")
		return prepareFiles(cli, folder, definition.files);
	const file = resolve(folder, definition.file);
	const sent = await sendFile(cli, file, "batchInput");
	return {
		source: namingUpload(definition, sent.uploadId),
		content: [definition, sent.sha256],
	};
}

/** The definition with the upload in place of the file. */
export function namingUpload(
	definition: Extract<WorkUnitsDefinition, { kind: "rows" | "lines" }>,
	uploadId: string,
): WorkUnitSource {
	if (definition.kind === "rows") {
		const { kind, format } = definition;
		return { kind, uploadId, ...(format && { format }) };
	}
	const { kind, linesPerPart, inputName } = definition;
	return {
		kind,
		uploadId,
		linesPerPart,
		...(inputName && { file: inputName }),
	};
}

async function prepareFiles(
	cli: Cli,
	folder: string,
	paths: readonly string[],
): Promise<PreparedSource> {
	const sent: SentFile[] = [];
	for (const path of paths) {
		const full = resolve(folder, path);
		const found = await stat(full).catch(() => undefined);
		if (found?.isDirectory() && paths.length > 1)
			throw usageError(
				`“files” names a folder, ${path}, beside others. Name one folder, or files only.`,
			);
		sent.push(
			found?.isDirectory()
				? await sendFolder(cli, full)
				: await sendFile(cli, full, "batchInput"),
		);
	}
	return {
		source: { kind: "files", uploadIds: sent.map(({ uploadId }) => uploadId) },
		content: [
			"files",
			sent.map(({ sha256 }) => sha256),
			paths.map((path) => basename(path)),
		],
	};
}

/** A folder's files as one archive: a request for each of ten thousand files would take all day. */
async function sendFolder(cli: Cli, folder: string): Promise<SentFile> {
	const temporary = await mkdtemp(join(tmpdir(), "lull-"));
	try {
		const archive = join(temporary, `${basename(folder)}.tar.gz`);
		await packFolder(folder, await listFolder(folder), archive);
		return await sendFile(cli, archive, "batchInput");
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}
