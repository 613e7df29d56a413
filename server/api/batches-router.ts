import { z } from "zod";
import {
	cancelBatch,
	rerunFailed,
} from "../work-units/batches/change-batch.ts";
import { listPictureTiles } from "../work-units/results/list-picture-tiles.ts";
import { listResults } from "../work-units/results/result-listing.ts";
import { submitBatchInput } from "../work-units/submit/batch-input.ts";
import { previewBatch } from "../work-units/submit/preview-batch.ts";
import { findSubmissionProgress } from "../work-units/submit/submission-progress.ts";
import { submitBatch } from "../work-units/submit/submit-batch.ts";
import {
	listBatchesFor,
	viewBatchFor,
} from "../work-units/view/batch-listing.ts";
import {
	batchDetailsSchema,
	batchSchema,
	batchStateSchema,
	previewSchema,
} from "../work-units/view/batch-view.ts";
import { indexCursor, pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { researcherProcedure, router, userProcedure } from "./trpc.ts";

const meta = restMeta("Batches", { scope: "work" });
const batchId = z.uuid();
const changedUnits = z.object({ workUnits: z.number().int() });

export const batchesRouter = router({
	preview: researcherProcedure
		.meta(
			meta("POST", "/batches/preview", "What a submission would make of it"),
		)
		.input(
			submitBatchInput.pick({
				appVersionId: true,
				source: true,
				estimatedOperations: true,
			}),
		)
		.output(previewSchema)
		.mutation(({ ctx, input }) => previewBatch(ctx, ctx.user, input)),

	submit: researcherProcedure
		.meta(meta("POST", "/batches", "Submit a batch: all of it or nothing"))
		.input(submitBatchInput)
		.output(z.object({ batchId, workUnits: z.number().int() }))
		.mutation(({ ctx, input }) => submitBatch(ctx, ctx.user, input)),

	submission: researcherProcedure
		.meta(
			meta(
				"GET",
				"/batches/submissions/{submissionKey}",
				"How far a running submission has come",
			),
		)
		.input(z.object({ submissionKey: z.string().max(100) }))
		.output(
			z.object({
				progress: z
					.object({
						phase: z.enum(["reading", "storing"]),
						workUnits: z.number().int(),
					})
					.nullable(),
			}),
		)
		.query(async ({ ctx, input }) => ({
			progress:
				(await findSubmissionProgress(
					ctx.db,
					ctx.user.id,
					input.submissionKey,
				)) ?? null,
		})),

	list: userProcedure
		.meta(meta("GET", "/batches", "Your batches, or a project's"))
		.input(
			z.object({
				...pageInput,
				cursor: z.uuid().optional(),
				projectId: z.uuid().optional(),
				state: batchStateSchema.optional(),
			}),
		)
		.output(pageOutput(batchSchema))
		.query(({ ctx, input }) => listBatchesFor(ctx, ctx.user, input)),

	get: userProcedure
		.meta(meta("GET", "/batches/{batchId}", "A batch and how it stands"))
		.input(z.object({ batchId }))
		.output(batchDetailsSchema)
		.query(({ ctx, input }) => viewBatchFor(ctx, ctx.user, input.batchId)),

	cancel: userProcedure
		.meta(
			meta("POST", "/batches/{batchId}/cancel", "Cancel what is open of it"),
		)
		.input(z.object({ batchId }))
		.output(changedUnits)
		.mutation(({ ctx, input }) => cancelBatch(ctx, ctx.user, input.batchId)),

	rerunFailed: userProcedure
		.meta(
			meta(
				"POST",
				"/batches/{batchId}/rerun-failed",
				"Open its failed work units again",
			),
		)
		.input(z.object({ batchId }))
		.output(changedUnits)
		.mutation(({ ctx, input }) => rerunFailed(ctx, ctx.user, input.batchId)),

	results: userProcedure
		.meta(
			meta(
				"GET",
				"/batches/{batchId}/results",
				"Its canonical outputs by file",
			),
		)
		.input(
			z.object({
				batchId,
				...pageInput,
				cursor: z.string().max(1000).optional(),
			}),
		)
		.output(
			pageOutput(
				z.object({
					index: z.number().int(),
					workUnitId: z.uuid(),
					path: z.string(),
					sha256: z.string(),
					bytes: z.number(),
					/** Where it can be fetched for a day. */
					address: z.string(),
				}),
			),
		)
		.query(({ ctx, input: { batchId, ...page } }) =>
			listResults(ctx, ctx.user, batchId, page),
		),

	picture: userProcedure
		.meta(
			meta(
				"GET",
				"/batches/{batchId}/picture",
				"The tiles of its picture that are there so far",
			),
		)
		.input(
			z.object({
				batchId,
				cursor: indexCursor,
				limit: z.coerce.number().int().min(1).max(2000).default(1000),
			}),
		)
		.output(
			pageOutput(
				z.object({
					column: z.number().int(),
					row: z.number().int(),
					sha256: z.string(),
					address: z.string(),
				}),
			).extend({
				/** Null: the project's outputs make no picture. */
				layout: z
					.object({
						columns: z.number().int(),
						rows: z.number().int(),
						file: z.string(),
					})
					.nullable(),
			}),
		)
		.query(({ ctx, input: { batchId, cursor, limit } }) =>
			listPictureTiles(ctx, ctx.user, batchId, { after: cursor, limit }),
		),
});
