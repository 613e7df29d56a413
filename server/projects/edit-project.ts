import type { CurrentUser } from "../accounts/current-user.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../services.ts";
import { mayEditProject } from "./project-access.ts";
import {
	createProject,
	deleteDraft,
	findFreeSlug,
	getProjectFor,
	type ProjectText,
	type ProjectWithOwner,
	updateProject,
} from "./project-store.ts";
import { suggestSlug } from "./suggest-slug.ts";

type EditServices = Pick<Services, "db" | "events">;

/** The project, if this person may change it. @throws AppError notFound, notAllowed */
export async function getOwnProject(
	{ db }: Pick<Services, "db">,
	user: CurrentUser,
	idOrSlug: string,
): Promise<ProjectWithOwner> {
	const project = await getProjectFor(db, user, idOrSlug);
	if (!mayEditProject(user, project))
		throw new AppError(
			"notAllowed",
			"Only the researcher whose project it is may do this.",
		);
	return project;
}

/** A new draft. Without a slug it gets one that is free. */
export async function startProject(
	{ db }: EditServices,
	user: CurrentUser,
	text: Omit<ProjectText, "slug"> & { slug?: string | undefined },
): Promise<ProjectWithOwner> {
	const slug = text.slug ?? (await findFreeSlug(db, suggestSlug(text.name)));
	return createProject(db, user.id, { ...text, slug });
}

export async function changeProject(
	services: EditServices,
	user: CurrentUser,
	idOrSlug: string,
	changes: { [Field in keyof ProjectText]?: ProjectText[Field] | undefined },
): Promise<ProjectWithOwner> {
	const { id } = await getOwnProject(services, user, idOrSlug);
	await updateProject(services.db, id, changes);
	services.events.publish(`project:${id}`, { kind: "changed" });
	return getProjectFor(services.db, user, id);
}

/** Throws a draft away that never was reviewed and has no versions. @throws AppError conflict */
export async function discardProject(
	services: EditServices,
	user: CurrentUser,
	idOrSlug: string,
): Promise<void> {
	const { id } = await getOwnProject(services, user, idOrSlug);
	if (!(await deleteDraft(services.db, id)))
		throw new AppError(
			"conflict",
			"Only a draft without app versions can be thrown away. Finish the project instead.",
		);
}
