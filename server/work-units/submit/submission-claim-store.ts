import { type Db, inTransaction } from "../../database/db.ts";
import type { BatchState } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import { beginSweep } from "../sweeps/sweep-store.ts";
import type { BatchRules } from "./batch-input.ts";

/** A process that has not said for so long that it is at a submission is dead, or as good as dead. */
const CLAIM_MS = 60_000;

export const claimedUntil = (now: Date): Date =>
	new Date(now.getTime() + CLAIM_MS);

export interface NewBatch extends BatchRules {
	id: string;
	projectId: string;
	appVersionId: string;
	submitterId: string;
	name: string;
	estimatedOperations: number;
	submissionKey: string | undefined;
}

/** Marks that a batch is being submitted: from now on its key is taken. False when it was before. */
export async function beginSubmission(
	db: Db,
	batch: NewBatch,
	now: Date,
): Promise<boolean> {
	const { count } = await db.batch.createMany({
		data: [
			{
				id: batch.id,
				projectId: batch.projectId,
				appVersionId: batch.appVersionId,
				submitterId: batch.submitterId,
				name: batch.name,
				state: "submitting",
				placement: batch.placement,
				quorum: batch.quorum,
				targetCopies: batch.targetCopies,
				maxErrors: batch.maxErrors,
				maxTotal: batch.maxTotal,
				deadlineSeconds: batch.deadlineSeconds,
				priority: batch.priority,
				estimatedOperations: batch.estimatedOperations,
				confidence: batch.confidence,
				maxFrozenSeconds: batch.maxFrozenSeconds,
				submissionKey: batch.submissionKey ?? null,
				submittingUntil: claimedUntil(now),
			},
		],
		skipDuplicates: true,
	});
	return count === 1;
}

/** Says that the submission goes on. False when somebody has given it up. */
export async function renewSubmission(
	db: Db,
	batchId: string,
	now: Date,
): Promise<boolean> {
	const { count } = await db.batch.updateMany({
		where: { id: batchId, state: "submitting" },
		data: { submittingUntil: claimedUntil(now) },
	});
	return count === 1;
}

/**
 * Opens the batch, which is complete: with this one write all of its work units are there for everybody. Project and
 * version are held while it is made, so that neither is suspended, withdrawn or finished in between.
 *
 * @throws AppError conflict when the project or the version is not approved any more, or the submission was given up
 */
export async function openBatch(
	db: Db,
	{ id, projectId, appVersionId }: NewBatch,
	workUnits: number,
): Promise<void> {
	await inTransaction(db, async (transaction) => {
		const projects = await transaction.$queryRaw<unknown[]>`
			SELECT 1 FROM "Project" WHERE "id" = ${projectId}::uuid AND "state" = 'approved' FOR SHARE`;
		const versions = await transaction.$queryRaw<unknown[]>`
			SELECT 1 FROM "AppVersion" WHERE "id" = ${appVersionId}::uuid AND "state" = 'approved' FOR SHARE`;
		if (projects.length === 0 || versions.length === 0)
			throw new AppError(
				"conflict",
				"The project or the app version is not approved any more.",
			);
		const opened = await transaction.$executeRaw`
			UPDATE "Batch" SET "state" = 'open', "submittingUntil" = NULL, "workUnits" = ${workUnits}, "createdAt" = now()
			WHERE "id" = ${id}::uuid AND "state" = 'submitting'`;
		if (opened !== 1) throw submissionLost();
	});
}

/** Thrown to whoever goes on with a submission that was taken from it. */
export const submissionLost = () =>
	new AppError(
		"conflict",
		"The submission stood still for too long and was given up. Nothing was submitted; send it again.",
	);

/**
 * Gives a submission up: its key is free again, and what it had stored is removed by the sweep that begins with this.
 * False when it is over already, or, if it was taken for dead, is alive after all.
 */
export function abandonSubmission(
	db: Db,
	batchId: string,
	now: Date,
	which: "own" | "dead",
): Promise<boolean> {
	return inTransaction(db, async (transaction) => {
		const { count } = await transaction.batch.updateMany({
			where: {
				id: batchId,
				state: "submitting",
				...(which === "dead" && { submittingUntil: { lte: now } }),
			},
			data: { state: "abandoned", submittingUntil: null, submissionKey: null },
		});
		// Nobody sweeps it before this is committed, so here the batch may come first.
		if (count === 1)
			await beginSweep(
				transaction,
				{ kind: "removeBatch", subjectId: batchId },
				now,
			);
		return count === 1;
	});
}

/** A submission as its key finds it, under way or over. */
export interface FoundSubmission {
	id: string;
	state: BatchState;
	/** Stored so far. */
	workUnits: number;
	submittingUntil: Date | null;
}

export const findSubmission = (
	db: Db,
	submitterId: string,
	submissionKey: string,
): Promise<FoundSubmission | null> =>
	db.batch.findUnique({
		where: { submitterId_submissionKey: { submitterId, submissionKey } },
		select: { id: true, state: true, workUnits: true, submittingUntil: true },
	});

/** Submissions of which nobody says any more that they go on. */
export async function listDeadSubmissions(
	db: Db,
	now: Date,
): Promise<string[]> {
	const rows = await db.batch.findMany({
		where: { state: "submitting", submittingUntil: { lte: now } },
		select: { id: true },
		take: 100,
	});
	return rows.map(({ id }) => id);
}
