import type { CurrentUser } from "../accounts/current-user.ts";
import type { ProjectState } from "../database/generated/enums.ts";
import { AppError } from "../errors.ts";
import {
	mayEditProject,
	maySeeInsideProject,
	mayViewProject,
} from "../projects/project-access.ts";
import { getProjectFor } from "../projects/project-store.ts";
import type { Services } from "../services.ts";
import {
	getAppVersion,
	getAppVersionByNumber,
	listAppVersions,
} from "./app-version-store.ts";
import {
	type AppVersionInsideView,
	type AppVersionView,
	viewAppVersion,
	viewAppVersionInside,
} from "./app-version-view.ts";

type ReadServices = Pick<Services, "db">;
type Viewer = CurrentUser | null;
type Page = { cursor?: string | undefined; limit: number };

/** The public sees what was approved once; the researcher and the admins see everything. */
export async function listVisibleAppVersions(
	{ db }: ReadServices,
	viewer: Viewer,
	idOrSlug: string,
	page: Page,
) {
	const project = await getProjectFor(db, viewer, idOrSlug);
	const states = maySeeInsideProject(viewer, project)
		? undefined
		: PUBLIC_VERSION_STATES;
	const found = await listAppVersions(db, project.id, states, page);
	return { ...found, items: found.items.map(viewAppVersion) };
}

const PUBLIC_VERSION_STATES = ["approved", "withdrawn"] as const;

/** @throws AppError notFound */
export async function readAppVersionByNumber(
	services: ReadServices,
	viewer: Viewer,
	idOrSlug: string,
	number: number,
) {
	const project = await getProjectFor(services.db, viewer, idOrSlug);
	const { id } = await getAppVersionByNumber(services.db, project.id, number);
	return readAppVersion(services, viewer, id);
}

/** `inside` is null for those who may not see it. @throws AppError notFound */
export async function readAppVersion(
	{ db }: ReadServices,
	viewer: Viewer,
	id: string,
): Promise<{
	version: AppVersionView;
	project: { id: string; slug: string; name: string; state: ProjectState };
	inside: AppVersionInsideView | null;
	mayEdit: boolean;
}> {
	const { project, ...version } = await getAppVersion(db, id);
	const maySeeInside = maySeeInsideProject(viewer, project);
	const isPublic = PUBLIC_VERSION_STATES.some(
		(state) => state === version.state,
	);
	if (!maySeeInside && !(isPublic && mayViewProject(viewer, project)))
		throw new AppError("notFound", "There is no such app version.");
	const { slug, name, state } = project;
	return {
		version: viewAppVersion(version),
		project: { id: project.id, slug, name, state },
		inside: maySeeInside ? viewAppVersionInside(version) : null,
		mayEdit: mayEditProject(viewer, project),
	};
}
