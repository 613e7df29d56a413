import { z } from "zod";
import { lineOfText } from "../plain-text.ts";
import { createUpload } from "../storage/uploads/create-upload.ts";
import { viewOwnUpload } from "../storage/uploads/upload-store.ts";
import { restMeta } from "./rest-meta.ts";
import { researcherProcedure, router } from "./trpc.ts";

const meta = restMeta("Uploads", { scope: "work" });

export const uploadsRouter = router({
	create: researcherProcedure
		.meta(
			meta(
				"POST",
				"/uploads",
				"Begin an upload; its bytes go to `path` by tus 1.0",
			),
		)
		.input(
			z.object({
				purpose: z.enum(["batchInput", "appSource"]),
				name: lineOfText(255),
				bytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
			}),
		)
		.output(z.object({ uploadId: z.uuid(), path: z.string() }))
		.mutation(({ ctx, input }) =>
			createUpload(ctx, { ...input, userId: ctx.user.id }),
		),

	get: researcherProcedure
		.meta(meta("GET", "/uploads/{uploadId}", "Whether an upload is complete"))
		.input(z.object({ uploadId: z.uuid() }))
		.output(
			z.object({
				uploadId: z.uuid(),
				name: z.string(),
				bytes: z.number(),
				/** Null while it is not complete. */
				sha256: z.string().nullable(),
				expiresAt: z.date(),
			}),
		)
		.query(({ ctx, input }) =>
			viewOwnUpload(ctx.db, input.uploadId, ctx.user.id),
		),
});
