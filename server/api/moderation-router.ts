import { z } from "zod";
import { sha256Schema } from "../../agent/core/protocol.ts";
import { listAuditEntries } from "../audit/audit-store.ts";
import { listReviews, reviewSchema } from "../moderation/list-reviews.ts";
import {
	approveAppVersion,
	rejectAppVersion,
} from "../moderation/review-app-version.ts";
import {
	approveProject,
	rejectProject,
	resumeProject,
	suspendProject,
} from "../moderation/review-project.ts";
import { plainText } from "../plain-text.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { adminProcedure, router } from "./trpc.ts";

const project = z.object({ projectId: z.uuid() });
const appVersion = z.object({ appVersionId: z.uuid() });
const reason = z.object({ reason: plainText(2000).trim().min(1) });
const manifestSha256 = sha256Schema.describe(
	"Of the manifest that was looked at, so that nothing else is signed",
);
const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;

const meta = restMeta("Moderation", { scope: "moderation" });

export const moderationRouter = router({
	reviews: adminProcedure
		.meta(meta("GET", "/moderation/reviews", "List what waits for a decision"))
		.input(
			z.object({
				cursor: z.uuid().optional(),
				limit: z.coerce.number().int().min(1).max(50).default(20),
			}),
		)
		.output(pageOutput(reviewSchema))
		.query(({ ctx, input }) => listReviews(ctx, ctx.user, input)),

	approveProject: adminProcedure
		.meta(
			meta(
				"POST",
				"/moderation/projects/{projectId}/approve",
				"Approve a project and sign those of its versions that were looked at",
			),
		)
		.input(
			project.extend({
				submittedAt: z.coerce
					.date()
					.describe("Of the project that was looked at"),
				appVersions: z
					.array(appVersion.extend({ manifestSha256 }))
					.min(1)
					.max(100),
			}),
		)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await approveProject(ctx, ctx.user, input);
			return ok;
		}),

	rejectProject: adminProcedure
		.meta(
			meta(
				"POST",
				"/moderation/projects/{projectId}/reject",
				"Send a project back to draft, with a reason",
			),
		)
		.input(project.extend(reason.shape))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await rejectProject(ctx, ctx.user, input.projectId, input.reason);
			return ok;
		}),

	suspendProject: adminProcedure
		.meta(
			meta(
				"POST",
				"/moderation/projects/{projectId}/suspend",
				"Stop a project at once, with a reason",
				"Its tasks are taken off the devices, at nobody's cost.",
			),
		)
		.input(project.extend(reason.shape))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await suspendProject(ctx, ctx.user, input.projectId, input.reason);
			return ok;
		}),

	resumeProject: adminProcedure
		.meta(
			meta(
				"POST",
				"/moderation/projects/{projectId}/resume",
				"Let a suspended project go on",
			),
		)
		.input(project)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await resumeProject(ctx, ctx.user, input.projectId);
			return ok;
		}),

	approveAppVersion: adminProcedure
		.meta(
			meta(
				"POST",
				"/moderation/app-versions/{appVersionId}/approve",
				"Approve and sign a later version of an approved project",
			),
		)
		.input(appVersion.extend({ manifestSha256 }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await approveAppVersion(ctx, ctx.user, input);
			return ok;
		}),

	rejectAppVersion: adminProcedure
		.meta(
			meta(
				"POST",
				"/moderation/app-versions/{appVersionId}/reject",
				"Turn a version down for good, with a reason",
			),
		)
		.input(appVersion.extend(reason.shape))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await rejectAppVersion(ctx, ctx.user, input.appVersionId, input.reason);
			return ok;
		}),

	auditLog: adminProcedure
		.meta(
			meta(
				"GET",
				"/moderation/audit-entries",
				"Read who with rights did what, newest first",
			),
		)
		.input(
			z.object({
				...pageInput,
				cursor: z
					.string()
					.regex(/^\d{1,18}$/)
					.optional(),
				subjectType: z
					.enum(["project", "appVersion", "user", "device", "batch"])
					.optional(),
				subjectId: plainText(80).optional(),
				actorId: z.uuid().optional(),
			}),
		)
		.output(
			pageOutput(
				z.object({
					id: z.string(),
					at: z.date(),
					actor: z.object({ id: z.uuid(), name: z.string() }).nullable(),
					action: z.string(),
					subjectType: z.string(),
					subjectId: z.string(),
					details: z.record(z.string(), z.unknown()),
				}),
			),
		)
		.query(({ ctx, input }) => listAuditEntries(ctx.db, input, input)),
});
