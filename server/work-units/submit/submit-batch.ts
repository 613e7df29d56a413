import { setTimeout as sleep } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { keepBlobs } from "../../storage/blobs/blob-row-store.ts";
import { getOwnUpload } from "../../storage/uploads/upload-store.ts";
import { hasArrived } from "../batch-states.ts";
import { getSubmittableVersion, type Viewer } from "../batches/batch-access.ts";
import { carryOutSweep } from "../sweeps/carry-out-sweep.ts";
import { demandSoundRules, type SubmitBatchInput } from "./batch-input.ts";
import { readSource } from "./read-source.ts";
import {
	abandonSubmission,
	beginSubmission,
	findSubmission,
	type NewBatch,
	openBatch,
	renewSubmission,
} from "./submission-claim-store.ts";
import {
	type SubmissionProgress,
	withSubmissionProgress,
} from "./submission-progress.ts";
import {
	CHUNK_CHARACTERS,
	CHUNK_ROWS,
	storeWorkUnits,
} from "./work-unit-chunk-store.ts";
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
 * Submits a batch: all of its work units or none, with flat memory. The same submission key answers with the same batch,
 * however often and however concurrently it is sent.
 *
 *   marked ── work units, chunk by chunk ── … ──► open        (at any point: given up, and removed)
 *
 * The batch is there first, in a state in which nobody sees it, and keeps its key. Its work units follow in transactions
 * of their own, so that nothing is held for long, and one last write opens it. A submission that fails is given up by
 * itself, one whose process dies by any other process (server/work-units/submit/submission-claim-store.ts).
 *
 * @throws AppError invalidInput with the first wrong row; conflict, notFound, notAllowed, tooLarge
 */
export async function submitBatch(
	services: Services,
	user: Viewer,
	input: SubmitBatchInput,
): Promise<SubmittedBatch> {
	const { db, clock } = services;
	const known = () => awaitSubmitted(services, user.id, input.submissionKey);
	const before = await known();
	if (before) return before;
	demandSoundRules(input, user.accessLevel);
	const version = await getSubmittableVersion(db, user, input.appVersionId);
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
	const files = await findSourceFiles(db, user, input.source);
	while (!(await beginSubmission(db, batch, clock.now()))) {
		const other = await known();
		if (other) return other;
	}
	const workUnits = await carryOut(services, batch, async (report) => {
		report({ phase: "reading", workUnits: 0 });
		const items = await readSource({
			blobs: services.blobs,
			source: input.source,
			files,
			command: version.command,
			limits: sourceLimits(services),
			store: true,
		});
		const stored = await storeBatch(services, batch, items, report);
		await openBatch(db, batch, stored);
		return stored;
	});
	for (const topic of [
		`project:${batch.projectId}`,
		`batch:${batch.id}`,
		"overview",
	] as const)
		services.events.publish(topic, { kind: "changed" });
	services.wakes.wake("reviews");
	return { batchId: batch.id, workUnits };
}

const RENEW_MS = 15_000;

/** Does the work of a submission that has begun; says meanwhile that it goes on, and gives it up when the work fails. */
async function carryOut<T>(
	services: Services,
	{ id, submitterId, submissionKey }: NewBatch,
	work: (report: Report) => Promise<T>,
): Promise<T> {
	const { db, clock, log } = services;
	const renewing = setInterval(() => {
		// Once it was given up there is nothing to renew; the next chunk tells.
		renewSubmission(db, id, clock.now()).catch((error: unknown) =>
			log.warn({ err: error }, "A submission could not say that it goes on."),
		);
	}, RENEW_MS);
	try {
		return await withSubmissionProgress(submitterId, submissionKey, work);
	} catch (error) {
		await giveUp(services, id);
		throw error;
	} finally {
		clearInterval(renewing);
	}
}

/** What cannot be done now is done by others, when nobody says any more that it goes on. */
async function giveUp(services: Services, batchId: string): Promise<void> {
	const { db, clock, log } = services;
	try {
		if (await abandonSubmission(db, batchId, clock.now(), "own"))
			await carryOutSweep(services, {
				kind: "removeBatch",
				subjectId: batchId,
			});
	} catch (error) {
		log.warn({ err: error }, "A submission could not be given up yet.");
	}
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

/** Stores the work units chunk by chunk, each while the next is read. Answers how many there are. */
async function storeBatch(
	{ pool, clock }: Services,
	batch: NewBatch,
	items: AsyncIterable<SourceItem>,
	report: Report,
): Promise<number> {
	let read = 0;
	let storing: Promise<void> = Promise.resolve();
	try {
		for await (const units of inChunks(items)) {
			await storing;
			const first = read;
			read += units.length;
			storing = storeWorkUnits(pool, batch, first, units, clock.now());
			// What went wrong is heard when it is waited for.
			storing.catch(() => undefined);
			report({ phase: "storing", workUnits: first });
		}
	} finally {
		// Whatever comes next, nothing more is being stored.
		await storing.catch(() => undefined);
	}
	await storing;
	return read;
}

/** @throws AppError invalidInput at the first wrong row, with which the whole submission is given up */
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

const FIRST_LOOK_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * The batch that this key has made. One that is being submitted is waited for; if its process has died it is given up, as
 * one that fails gives itself up, and then there is none: whoever asks may begin anew.
 */
async function awaitSubmitted(
	{ db, clock }: Services,
	submitterId: string,
	submissionKey: string | undefined,
): Promise<SubmittedBatch | undefined> {
	if (!submissionKey) return undefined;
	for (let pauseMs = FIRST_LOOK_MS; ; pauseMs *= 1.5) {
		const found = await findSubmission(db, submitterId, submissionKey);
		if (!found) return undefined;
		if (hasArrived(found.state))
			return { batchId: found.id, workUnits: found.workUnits };
		const now = clock.now();
		if (found.submittingUntil && found.submittingUntil <= now)
			await abandonSubmission(db, found.id, now, "dead");
		else await sleep(Math.min(LONGEST_PAUSE_MS, pauseMs));
	}
}
