import { z } from "zod";
import {
	expandCommand,
	listPlaceholders,
} from "../../agent/core/expand-command.ts";
import type { CurrentUser } from "../accounts/current-user.ts";
import { listAppVersionsInState } from "../app-versions/app-version-store.ts";
import {
	appVersionInsideSchema,
	viewAppVersionInside,
} from "../app-versions/app-version-view.ts";
import type { Db } from "../database/db.ts";
import { mayReviewProject } from "../projects/project-access.ts";
import { projectSchema, viewProject } from "../projects/project-view.ts";
import type { Services } from "../services.ts";
import {
	findTypicalSpeed,
	listProjectsToReview,
} from "./review-queue-store.ts";
import {
	digestManifests,
	joinManifests,
	makeManifestText,
} from "./sign-manifest.ts";

/** One project that waits for a decision, with everything that the decision is about. */
export const reviewSchema = z.object({
	project: projectSchema,
	owner: z.object({
		id: z.uuid(),
		name: z.string(),
		email: z.string(),
		projects: z.number().int().describe("How many they have in all"),
	}),
	kind: z
		.enum(["project", "appVersions"])
		.describe("A whole project, or later versions of an approved one"),
	mayDecide: z.boolean().describe("False on one's own project"),
	appVersions: z.array(
		appVersionInsideSchema.extend({
			manifestToSign: z
				.string()
				.describe(
					"The exact text that approval would sign; of several builds a line each",
				),
			manifestSha256: z.string().describe("To be sent with the approval"),
			commandExample: z.array(z.string()),
			secondsPerWorkUnit: z
				.number()
				.describe("Estimated, on the network's typical device"),
		}),
	),
});
export type ReviewView = z.infer<typeof reviewSchema>;

/** What waits for a decision, the longest waiting first. */
export async function listReviews(
	{ db }: Pick<Services, "db">,
	admin: CurrentUser,
	page: { cursor?: string | undefined; limit: number },
): Promise<{ items: ReviewView[]; nextCursor: string | undefined }> {
	const { items, nextCursor } = await listProjectsToReview(db, page);
	const operationsPerSecond = await findTypicalSpeed(db);
	const reviews: ReviewView[] = [];
	for (const project of items)
		reviews.push(await viewReview(db, admin, project, operationsPerSecond));
	return { items: reviews, nextCursor };
}

type WaitingProject = Awaited<
	ReturnType<typeof listProjectsToReview>
>["items"][number];

async function viewReview(
	db: Db,
	admin: CurrentUser,
	project: WaitingProject,
	operationsPerSecond: number,
): Promise<ReviewView> {
	const waiting = await listAppVersionsInState(db, project.id, ["submitted"]);
	const { owner } = project;
	return {
		project: viewProject(project, admin),
		owner: {
			id: owner.id,
			name: owner.name,
			email: owner.email,
			projects: owner._count.projects,
		},
		kind: project.state === "submitted" ? "project" : "appVersions",
		mayDecide: mayReviewProject(admin, project),
		appVersions: waiting.map((version) => {
			const manifests = version.builds.map((build) =>
				makeManifestText(version, build, project.name),
			);
			return {
				...viewAppVersionInside(version),
				manifestToSign: joinManifests(manifests),
				manifestSha256: digestManifests(manifests),
				commandExample: exampleOf(version.command),
				secondsPerWorkUnit:
					version.estimatedOperations /
					(operationsPerSecond * Math.max(version.cores, 0.1)),
			};
		}),
	};
}

/** The command with made-up parameters, as a program would get it. */
function exampleOf(command: readonly string[]): string[] {
	const parameters = Object.fromEntries(
		listPlaceholders(command).map((name, index) => [name, String(index + 1)]),
	);
	return expandCommand(command, parameters);
}
