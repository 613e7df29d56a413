import { z } from "zod";
import {
	submitProject,
	takeBackProject,
} from "../moderation/submit-project.ts";
import { lineOfText, plainText } from "../plain-text.ts";
import {
	changeProject,
	discardProject,
	startProject,
} from "../projects/edit-project.ts";
import { finishProject } from "../projects/finish-project.ts";
import {
	newProjectSchema,
	projectChangesSchema,
	projectKeySchema,
} from "../projects/project-input.ts";
import { countScienceAreas, findFreeSlug } from "../projects/project-store.ts";
import {
	projectSchema,
	projectSummarySchema,
	viewProject,
} from "../projects/project-view.ts";
import {
	listVisibleProjects,
	readContributions,
	readPicture,
	readProject,
} from "../projects/read-project.ts";
import { SCIENCE_AREAS } from "../projects/science-areas.ts";
import { suggestSlug } from "../projects/suggest-slug.ts";
import { pageInput, pageOutput } from "./cursor-page.ts";
import { restMeta } from "./rest-meta.ts";
import { publicProcedure, researcherProcedure, router } from "./trpc.ts";

const key = z.object({ project: projectKeySchema.describe("Id or slug") });
const done = z.object({ ok: z.literal(true) });
const ok = { ok: true } as const;

const meta = restMeta("Projects", { scope: "projects", open: "reading" });

export const projectsRouter = router({
	list: publicProcedure
		.meta(meta("GET", "/projects", "List the public projects, or one's own"))
		.input(
			z.object({
				...pageInput,
				cursor: z.uuid().optional(),
				mine: z
					.union([z.boolean(), z.enum(["true", "false"])])
					.default(false)
					.transform((value) => value === true || value === "true"),
				scienceArea: lineOfText(60).optional(),
				search: plainText(80).optional(),
			}),
		)
		.output(pageOutput(projectSummarySchema))
		.query(({ ctx, input }) => listVisibleProjects(ctx, ctx.user, input)),

	scienceAreas: publicProcedure
		.meta(
			meta(
				"GET",
				"/science-areas",
				"List areas of science",
				"The areas that are offered for new projects, and those of public projects with how many they hold.",
			),
		)
		.input(z.object({}))
		.output(
			z.object({
				offered: z.array(z.string()),
				used: z.array(
					z.object({ scienceArea: z.string(), projects: z.number().int() }),
				),
			}),
		)
		.query(async ({ ctx }) => ({
			offered: [...SCIENCE_AREAS],
			used: await countScienceAreas(ctx.db),
		})),

	get: publicProcedure
		.meta(meta("GET", "/projects/{project}", "Get a project"))
		.input(key)
		.output(projectSchema)
		.query(({ ctx, input }) => readProject(ctx, ctx.user, input.project)),

	contributions: publicProcedure
		.meta(
			meta(
				"GET",
				"/projects/{project}/contributions",
				"Get who has computed for a project",
			),
		)
		.input(key)
		.output(
			z.object({
				tasks: z.number().int(),
				devices: z.number().int(),
				owners: z.number().int(),
				top: z.array(
					z.object({
						userId: z.uuid(),
						name: z.string(),
						credit: z.number(),
						tasks: z.number().int(),
					}),
				),
			}),
		)
		.query(({ ctx, input }) => readContributions(ctx, ctx.user, input.project)),

	picture: publicProcedure
		.meta(
			meta(
				"GET",
				"/projects/{project}/picture",
				"Get the tiles of a project's picture",
				"Null without a layout or a batch. Each path is a signed address on this server.",
			),
		)
		.input(key)
		.output(
			z.object({
				picture: z
					.object({
						columns: z.number().int(),
						rows: z.number().int(),
						batch: z.object({ id: z.uuid(), name: z.string() }),
						tiles: z.array(
							z.object({
								column: z.number().int(),
								row: z.number().int(),
								path: z.string(),
							}),
						),
					})
					.nullable(),
			}),
		)
		.query(({ ctx, input }) => readPicture(ctx, ctx.user, input.project)),

	suggestSlug: researcherProcedure
		.meta(
			meta(
				"GET",
				"/project-slugs",
				"Suggest a free address for a project's name",
			),
		)
		.input(z.object({ name: lineOfText(120) }))
		.output(z.object({ slug: z.string() }))
		.query(async ({ ctx, input }) => ({
			slug: await findFreeSlug(ctx.db, suggestSlug(input.name)),
		})),

	create: researcherProcedure
		.meta(meta("POST", "/projects", "Start a project, as a draft"))
		.input(newProjectSchema)
		.output(projectSchema)
		.mutation(async ({ ctx, input }) =>
			viewProject(await startProject(ctx, ctx.user, input), ctx.user),
		),

	update: researcherProcedure
		.meta(
			meta(
				"PATCH",
				"/projects/{project}",
				"Change a project",
				"Name, slug, area and impact while it is a draft; description and picture also later.",
			),
		)
		.input(projectChangesSchema.extend(key.shape))
		.output(projectSchema)
		.mutation(async ({ ctx, input: { project, ...changes } }) =>
			viewProject(
				await changeProject(ctx, ctx.user, project, changes),
				ctx.user,
			),
		),

	discard: researcherProcedure
		.meta(meta("DELETE", "/projects/{project}", "Throw a draft away"))
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await discardProject(ctx, ctx.user, input.project);
			return ok;
		}),

	submit: researcherProcedure
		.meta(
			meta(
				"POST",
				"/projects/{project}/submit",
				"Hand a project in for review",
				"With all its app versions that are built.",
			),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await submitProject(ctx, ctx.user, input.project);
			return ok;
		}),

	takeBack: researcherProcedure
		.meta(
			meta(
				"POST",
				"/projects/{project}/take-back",
				"Make a draft again of a project that waits for review",
			),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await takeBackProject(ctx, ctx.user, input.project);
			return ok;
		}),

	finish: researcherProcedure
		.meta(
			meta("POST", "/projects/{project}/finish", "Finish a project for good"),
		)
		.input(key)
		.output(done)
		.mutation(async ({ ctx, input }) => {
			await finishProject(ctx, ctx.user, input.project);
			return ok;
		}),
});
