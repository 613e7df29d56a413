import { z } from "zod";
import { listResultsByUnit } from "../work-units/results/result-listing.ts";
import {
	listWorkUnitsFor,
	viewWorkUnitFor,
} from "../work-units/view/batch-listing.ts";
import { workUnitStateSchema } from "../work-units/view/batch-view.ts";
import {
	fileSchema,
	workUnitDetailsSchema,
	workUnitSchema,
} from "../work-units/view/work-unit-view.ts";
import { indexCursor, pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { router, userProcedure } from "./trpc.ts";

const meta = restMeta("Work units", { scope: "work" });

export const workUnitsRouter = router({
	list: userProcedure
		.meta(
			meta("GET", "/batches/{batchId}/work-units", "The work units of a batch"),
		)
		.input(
			z.object({
				...pageInput,
				batchId: z.uuid(),
				cursor: indexCursor,
				state: workUnitStateSchema.optional(),
			}),
		)
		.output(pageOutput(workUnitSchema))
		.query(({ ctx, input: { batchId, state, cursor, limit } }) =>
			listWorkUnitsFor(
				ctx,
				ctx.user,
				batchId,
				{ state },
				{ after: cursor, limit },
			),
		),

	get: userProcedure
		.meta(
			meta(
				"GET",
				"/work-units/{workUnitId}",
				"A work unit, its tasks and files",
			),
		)
		.input(z.object({ workUnitId: z.uuid() }))
		.output(workUnitDetailsSchema)
		.query(({ ctx, input }) =>
			viewWorkUnitFor(ctx, ctx.user, input.workUnitId),
		),

	results: userProcedure
		.meta(
			meta(
				"GET",
				"/batches/{batchId}/work-units/results",
				"The parameters and canonical outputs of a batch's work units",
			),
		)
		.input(z.object({ ...pageInput, batchId: z.uuid(), cursor: indexCursor }))
		.output(
			pageOutput(
				z.object({
					index: z.number().int(),
					workUnitId: z.uuid(),
					state: workUnitStateSchema,
					failureReason: z.string().nullable(),
					parameters: z.record(z.string(), z.string()),
					outputs: z.array(fileSchema),
				}),
			),
		)
		.query(({ ctx, input: { batchId, cursor, limit } }) =>
			listResultsByUnit(ctx, ctx.user, batchId, { after: cursor, limit }),
		),
});
