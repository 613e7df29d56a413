import { AppError } from "../../errors.ts";
import type { BlobStore } from "../../storage/blobs/blob-store.ts";
import { isArchive } from "./archive-entries.ts";
import { createParameterCheck } from "./check-parameters.ts";
import { cutLines } from "./cut-lines.ts";
import { countRanges, expandRanges } from "./expand-ranges.ts";
import { toFileItem } from "./list-files.ts";
import { guessRowFormat, readRows } from "./read-rows.ts";
import {
	listUnpacked,
	storeUnpacked,
	type UnpackLimits,
} from "./unpack-archive.ts";
import type {
	SourceFile,
	SourceItem,
	WorkUnitSource,
} from "./work-unit-source.ts";

export interface SourceReading {
	blobs: BlobStore;
	source: WorkUnitSource;
	/** The files of `listUploadIds(source)`, in that order. */
	files: readonly SourceFile[];
	/** The command template that the work units are for. */
	command: readonly string[];
	limits: UnpackLimits;
	/** Also store what the work units will point at. Not needed to look at them only. */
	store: boolean;
}

type Items = AsyncIterable<SourceItem> | Iterable<SourceItem>;

/**
 * Every work unit of a source in order, checked against the command, never more than one in memory; wrong ones as
 * problems in their place. What must be stored for them is stored when this resolves.
 *
 * @throws AppError invalidInput when the source as a whole is wrong; tooLarge when it has too many
 */
export async function readSource(
	reading: SourceReading,
): Promise<AsyncIterable<SourceItem>> {
	return checkItems(await openSource(reading), reading);
}

async function* checkItems(
	items: Items,
	{ command, limits }: SourceReading,
): AsyncGenerator<SourceItem> {
	const findError = createParameterCheck(command);
	let count = 0;
	for await (const item of items) {
		if (++count > limits.files) throw tooMany(limits.files);
		const problem = "unit" in item && findError(item.unit.parameters);
		yield problem ? { line: item.line, problem } : item;
	}
	if (count === 0)
		throw new AppError("invalidInput", "There is nothing in it to compute.", [
			"source",
		]);
}

async function openSource(reading: SourceReading): Promise<Items> {
	const { source, blobs, files, limits } = reading;
	if (source.kind === "ranges") {
		if (countRanges(source.ranges) > BigInt(limits.files))
			throw tooMany(limits.files);
		return expandRanges(source.ranges);
	}
	const [file] = files;
	if (!file) throw new AppError("invalidInput", "There is no file.");
	if (source.kind === "rows")
		return lazily(async () =>
			readRows(
				await blobs.read(file.sha256),
				source.format ?? guessRowFormat(file.name),
			),
		);
	if (source.kind === "lines")
		return lazily(async () =>
			cutLines(await blobs.read(file.sha256), {
				sha256: file.sha256,
				linesPerPart: source.linesPerPart,
				file: source.file,
			}),
		);
	return files.length === 1 && isArchive(file.name)
		? openArchive(reading, file)
		: files.map(({ name, sha256, bytes }, index) =>
				toFileItem(index + 1, name, {
					blobSha256: sha256,
					offset: 0,
					bytes,
					sha256,
				}),
			);
}

/** Opens what it reads only when it is read, so that nothing stays open when nobody does. */
async function* lazily(
	open: () => Promise<AsyncIterable<SourceItem>>,
): AsyncGenerator<SourceItem> {
	yield* await open();
}

async function openArchive(
	{ blobs, limits, store }: SourceReading,
	archive: SourceFile,
): Promise<Items> {
	const stored = store && (await storeUnpacked(blobs, archive, limits));
	return listUnpacked(
		blobs,
		archive,
		limits,
		stored ? stored.sha256 : undefined,
	);
}

const tooMany = (limit: number) =>
	new AppError(
		"tooLarge",
		`A batch may have up to ${limit.toLocaleString("en")} work units.`,
		["source"],
	);
