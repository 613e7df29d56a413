import { ACCESS_LEVEL, hasAccess } from "../accounts/access-level.ts";
import type { ProjectState } from "../database/generated/enums.ts";

/** Who asks, as far as projects care. */
export interface ProjectViewer {
	id: string;
	accessLevel: number;
}

interface ProjectFacts {
	ownerId: string;
	state: ProjectState;
}

const PUBLIC_STATES: readonly ProjectState[] = [
	"approved",
	"suspended",
	"finished",
];

export const isPublicState = (state: ProjectState): boolean =>
	PUBLIC_STATES.includes(state);

/** Everyone may read of a project that was approved once; before that, its owner and the admins. */
export function mayViewProject(
	viewer: ProjectViewer | null,
	project: ProjectFacts,
): boolean {
	return isPublicState(project.state) || maySeeInsideProject(viewer, project);
}

/** Build logs, sources, rejected versions, batches: its owner and the admins. */
export function maySeeInsideProject(
	viewer: ProjectViewer | null,
	project: Pick<ProjectFacts, "ownerId">,
): boolean {
	return (
		viewer !== null &&
		(viewer.id === project.ownerId ||
			hasAccess(viewer.accessLevel, ACCESS_LEVEL.admin))
	);
}

/** Only its owner changes a project, and only while they are a researcher. Admins suspend it; they do not rewrite it. */
export function mayEditProject(
	viewer: ProjectViewer | null,
	project: Pick<ProjectFacts, "ownerId">,
): boolean {
	return (
		viewer !== null &&
		viewer.id === project.ownerId &&
		hasAccess(viewer.accessLevel, ACCESS_LEVEL.researcher)
	);
}

/** Nobody decides on their own project, but for super admins: in a young network there is no one else to ask. */
export function mayReviewProject(
	viewer: ProjectViewer,
	project: Pick<ProjectFacts, "ownerId">,
): boolean {
	if (!hasAccess(viewer.accessLevel, ACCESS_LEVEL.admin)) return false;
	return (
		viewer.id !== project.ownerId ||
		hasAccess(viewer.accessLevel, ACCESS_LEVEL.superAdmin)
	);
}
