import { z } from "zod";
import { ProjectState } from "../database/generated/enums.ts";
import { parsePictureLayout, pictureLayoutSchema } from "./picture-layout.ts";
import {
	mayEditProject,
	maySeeInsideProject,
	type ProjectViewer,
} from "./project-access.ts";
import type { ProjectWithOwner } from "./project-store.ts";

export const projectStateSchema = z.enum(ProjectState);

/** A project as a list shows it. */
export const projectSummarySchema = z.object({
	id: z.uuid(),
	slug: z.string(),
	name: z.string(),
	scienceArea: z.string(),
	state: projectStateSchema,
	/** The beginning of the description, as plain Markdown. */
	summary: z.string(),
	owner: z.object({ id: z.uuid(), name: z.string() }),
	totalCredit: z.number().describe("Cobblestones given to it so far"),
	createdAt: z.date(),
	submittedAt: z.date().nullable(),
	approvedAt: z.date().nullable(),
	finishedAt: z.date().nullable(),
});

export const projectSchema = projectSummarySchema.extend({
	description: z.string().describe("Markdown"),
	impact: z.string().describe("Markdown: what it does to devices"),
	picture: pictureLayoutSchema.nullable(),
	rejectionReason: z.string().nullable(),
	suspendedReason: z.string().nullable(),
	mayEdit: z.boolean().describe("You are its researcher"),
	maySeeInside: z.boolean().describe("You are its researcher or an admin"),
});

const SUMMARY_CHARACTERS = 280;

export function viewProjectSummary(
	project: ProjectWithOwner,
): z.infer<typeof projectSummarySchema> {
	const { credit, owner, ...shown } = project;
	return {
		...shown,
		summary: project.description.slice(0, SUMMARY_CHARACTERS),
		owner: { id: owner.id, name: owner.name },
		totalCredit: credit?.total ?? 0,
	};
}

/** What this person sees of a project that they may see. */
export function viewProject(
	project: ProjectWithOwner,
	viewer: ProjectViewer | null,
): z.infer<typeof projectSchema> {
	const maySeeInside = maySeeInsideProject(viewer, project);
	return {
		...project,
		...viewProjectSummary(project),
		picture: parsePictureLayout(project.picture) ?? null,
		rejectionReason: maySeeInside ? project.rejectionReason : null,
		mayEdit: mayEditProject(viewer, project),
		maySeeInside,
	};
}
