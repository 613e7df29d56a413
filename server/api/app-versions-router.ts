import { z } from "zod";
import {
	appVersionChangesSchema,
	newAppVersionSchema,
} from "../app-versions/app-version-input.ts";
import {
	appVersionInsideSchema,
	appVersionSchema,
	viewAppVersion,
} from "../app-versions/app-version-view.ts";
import {
	cancelBuild,
	changeAppVersion,
	pushAppVersion,
	retryBuild,
	submitAppVersion,
	takeBackAppVersion,
} from "../app-versions/push-app-version.ts";
import {
	listVisibleAppVersions,
	readAppVersion,
	readAppVersionByNumber,
} from "../app-versions/read-app-version.ts";
import { STOCK_RUNTIMES } from "../app-versions/stock-runtimes.ts";
import { withdrawAppVersion } from "../moderation/review-app-version.ts";
import { plainText } from "../plain-text.ts";
import { projectKeySchema } from "../projects/project-input.ts";
import { projectStateSchema } from "../projects/project-view.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { publicProcedure, researcherProcedure, router } from "./trpc.ts";

const key = z.object({ appVersionId: z.uuid() });
const project = z.object({ project: projectKeySchema.describe("Id or slug") });
const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;

const whole = z.object({
	version: appVersionSchema,
	project: z.object({
		id: z.uuid(),
		slug: z.string(),
		name: z.string(),
		state: projectStateSchema,
	}),
	inside: appVersionInsideSchema
		.nullable()
		.describe("For its researcher and the admins"),
	mayEdit: z.boolean(),
});

const meta = restMeta("App versions", { scope: "projects", open: "reading" });

export const appVersionsRouter = router({
	runtimes: publicProcedure
		.meta(
			meta("GET", "/runtimes", "List the stock runtimes for folders of code"),
		)
		.input(z.object({}))
		.output(
			z.array(
				z.object({
					id: z.string(),
					name: z.string(),
					about: z.string(),
					interpreter: z.array(z.string()),
					endings: z.array(z.string()),
				}),
			),
		)
		.query(() =>
			STOCK_RUNTIMES.map(({ packages, ...runtime }) => ({
				...runtime,
				interpreter: [...runtime.interpreter],
				endings: [...runtime.endings],
			})),
		),

	list: publicProcedure
		.meta(
			meta(
				"GET",
				"/projects/{project}/app-versions",
				"List a project's app versions, newest first",
				"The public sees those that were approved once.",
			),
		)
		.input(
			z.object({
				...pageInput,
				...project.shape,
				cursor: z
					.string()
					.regex(/^\d{1,9}$/)
					.optional(),
			}),
		)
		.output(pageOutput(appVersionSchema))
		.query(({ ctx, input }) =>
			listVisibleAppVersions(ctx, ctx.user, input.project, input),
		),

	getByNumber: publicProcedure
		.meta(
			meta(
				"GET",
				"/projects/{project}/app-versions/{number}",
				"Get an app version by its number",
			),
		)
		.input(
			project.extend({
				number: z.coerce.number().int().min(1).max(2_147_483_647),
			}),
		)
		.output(whole)
		.query(({ ctx, input }) =>
			readAppVersionByNumber(ctx, ctx.user, input.project, input.number),
		),

	get: publicProcedure
		.meta(meta("GET", "/app-versions/{appVersionId}", "Get an app version"))
		.input(key)
		.output(whole)
		.query(({ ctx, input }) =>
			readAppVersion(ctx, ctx.user, input.appVersionId),
		),

	push: researcherProcedure
		.meta(
			meta(
				"POST",
				"/projects/{project}/app-versions",
				"Push an app version",
				"Its image is made in its turn; follow `state` until it is `built` or `failed`. Folders and archives are uploaded first (POST /uploads with the purpose `appSource`).",
			),
		)
		.input(newAppVersionSchema.extend(project.shape))
		.output(appVersionSchema)
		.mutation(async ({ ctx, input: { project, ...wanted } }) =>
			viewAppVersion(await pushAppVersion(ctx, ctx.user, project, wanted)),
		),

	update: researcherProcedure
		.meta(
			meta(
				"PATCH",
				"/app-versions/{appVersionId}",
				"Change what a version runs and needs, until it is handed in",
			),
		)
		.input(appVersionChangesSchema.extend(key.shape))
		.output(done)
		.mutation(async ({ ctx, input: { appVersionId, ...changes } }) => {
			await changeAppVersion(ctx, ctx.user, appVersionId, changes);
			return ok;
		}),

	cancelBuild: researcherProcedure
		.meta(
			meta(
				"POST",
				"/app-versions/{appVersionId}/cancel",
				"Cancel the making of a version's image",
			),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await cancelBuild(ctx, ctx.user, input.appVersionId);
			return ok;
		}),

	retryBuild: researcherProcedure
		.meta(
			meta(
				"POST",
				"/app-versions/{appVersionId}/retry",
				"Make the image of a failed version again, from the same source",
			),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await retryBuild(ctx, ctx.user, input.appVersionId);
			return ok;
		}),

	submit: researcherProcedure
		.meta(
			meta(
				"POST",
				"/app-versions/{appVersionId}/submit",
				"Hand in a later version of an approved project",
			),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await submitAppVersion(ctx, ctx.user, input.appVersionId);
			return ok;
		}),

	takeBack: researcherProcedure
		.meta(
			meta(
				"POST",
				"/app-versions/{appVersionId}/take-back",
				"Take back a version that waits for review",
			),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await takeBackAppVersion(ctx, ctx.user, input.appVersionId);
			return ok;
		}),

	withdraw: researcherProcedure
		.meta(
			meta(
				"POST",
				"/app-versions/{appVersionId}/withdraw",
				"Take an approved version out of use for good",
				"What runs with it is taken off the devices. Its researcher may do it, and any admin.",
			),
		)
		.input(key.extend({ reason: plainText(2000).trim().min(1) }))
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await withdrawAppVersion(ctx, ctx.user, input.appVersionId, input.reason);
			return ok;
		}),
});
