import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { keepBlobs } from "../../storage/blobs/blob-row-store.ts";
import { getOwnUpload } from "../../storage/uploads/upload-store.ts";
import { getSubmittableVersion, type Viewer } from "../batches/batch-access.ts";
import { demandSoundRules, type SubmitBatchInput } from "./batch-input.ts";
import {
	CHUNK_CHARACTERS,
	CHUNK_ROWS,
	inSubmission,
	insertBatch,
	insertWorkUnits,
	type NewBatch,
	setWorkUnitCount,
} from "./batch-submission-store.ts";
import { readSource } from "./read-source.ts";
import {
	type SubmissionProgress,
	withSubmissionProgress,
} from "./submission-progress.ts";
import {
	listUploadIds,
	type NewWorkUnit,
	type SourceFile,
	type SourceItem,
	type WorkUnitSource,
} from "./work-unit-source.ts";

export interface SubmittedBatch {
	batchId: string;
	workUnits: number;
}

type Report = (progress: SubmissionProgress) => void;

/**
 * Submits a batch: all of its work units or none, in one transaction, with flat memory. The same submission key answers
 * with the same batch, however often and however concurrently it is sent.
 *
 * @throws AppError invalidInput with the first wrong row; conflict, notFound, notAllowed, tooLarge
 */
export async function submitBatch(
	services: Services,
	user: Viewer,
	input: SubmitBatchInput,
): Promise<SubmittedBatch> {
	const known = await findSubmitted(services.db, user.id, input.submissionKey);
	if (known) return known;
	demandSoundRules(input, user.accessLevel);
	const version = await getSubmittableVersion(
		services.db,
		user,
		input.appVersionId,
	);
	const batch: NewBatch = {
		...input,
		maxFrozenSeconds: input.patienceSeconds ?? input.maxFrozenSeconds,
		id: uuidv7(),
		projectId: version.projectId,
		submitterId: user.id,
		estimatedOperations:
			input.estimatedOperations ?? version.estimatedOperations,
		submissionKey: input.submissionKey,
	};
	const files = await findSourceFiles(services.db, user, input.source);
	const outcome = await withSubmissionProgress(
		user.id,
		input.submissionKey,
		async (report) => {
			report({ phase: "reading", workUnits: 0 });
			const items = await readSource({
				blobs: services.blobs,
				source: input.source,
				files,
				command: version.command,
				limits: sourceLimits(services),
				store: true,
			});
			return inSubmission(services.pool, (client) =>
				storeBatch(client, batch, items, report),
			);
		},
	);
	if (outcome === "submittedBefore")
		return getSubmitted(services.db, user.id, input.submissionKey);
	for (const topic of [
		`project:${batch.projectId}`,
		`batch:${batch.id}`,
		"overview",
	] as const)
		services.events.publish(topic, { kind: "changed" });
	services.wakes.wake("reviews");
	return { batchId: batch.id, workUnits: outcome };
}

/** What one source may bring. */
export const sourceLimits = ({ config }: Services) => ({
	files: config.limits.batchWorkUnits,
	bytes: config.limits.inputFileMiB * 4 * 1024 * 1024,
});

/** The uploads that a source names, kept from being collected. @throws AppError notFound, conflict, gone */
export async function findSourceFiles(
	db: Db,
	user: Viewer,
	source: WorkUnitSource,
): Promise<SourceFile[]> {
	const files: SourceFile[] = [];
	for (const id of listUploadIds(source))
		files.push(await getOwnUpload(db, id, user.id, "batchInput"));
	if (files.length > 0)
		await keepBlobs(
			db,
			files.map(({ sha256 }) => sha256),
		);
	return files;
}

async function storeBatch(
	client: pg.PoolClient,
	batch: NewBatch,
	items: AsyncIterable<SourceItem>,
	report: Report,
): Promise<number | "submittedBefore"> {
	if ((await insertBatch(client, batch)) === "submittedBefore")
		return "submittedBefore";
	let stored = 0;
	for await (const units of inChunks(items)) {
		await insertWorkUnits(client, batch, stored, units);
		stored += units.length;
		report({ phase: "storing", workUnits: stored });
	}
	await setWorkUnitCount(client, batch.id, stored);
	return stored;
}

/** @throws AppError invalidInput at the first wrong row, which undoes the whole submission */
async function* inChunks(
	items: AsyncIterable<SourceItem>,
): AsyncGenerator<NewWorkUnit[]> {
	let chunk: NewWorkUnit[] = [];
	let characters = 0;
	for await (const item of items) {
		if ("problem" in item)
			throw new AppError(
				"invalidInput",
				`Nothing was submitted. Line ${item.line}: ${item.problem} A preview lists every wrong row.`,
				["source"],
			);
		chunk.push(item.unit);
		characters += countCharacters(item.unit);
		if (chunk.length < CHUNK_ROWS && characters < CHUNK_CHARACTERS) continue;
		yield chunk;
		chunk = [];
		characters = 0;
	}
	if (chunk.length > 0) yield chunk;
}

const countCharacters = ({ parameters }: NewWorkUnit): number =>
	Object.values(parameters).reduce((sum, value) => sum + value.length, 0);

async function findSubmitted(
	db: Db,
	submitterId: string,
	submissionKey: string | undefined,
): Promise<SubmittedBatch | undefined> {
	if (!submissionKey) return undefined;
	const batch = await db.batch.findUnique({
		where: { submitterId_submissionKey: { submitterId, submissionKey } },
	});
	return batch ? { batchId: batch.id, workUnits: batch.workUnits } : undefined;
}

async function getSubmitted(
	...key: Parameters<typeof findSubmitted>
): Promise<SubmittedBatch> {
	const batch = await findSubmitted(...key);
	if (!batch)
		throw new AppError("conflict", "The batch that had this key is gone.");
	return batch;
}
