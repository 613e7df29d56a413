import type { CurrentUser } from "../../accounts/current-user.ts";
import type { Db } from "../../database/db.ts";
import { AppError } from "../../errors.ts";
import { maySeeInsideProject } from "../../projects/project-access.ts";
import { hasArrived } from "../batch-states.ts";

/**
 * Batches, their work units, tasks and results belong to the researcher: the project's owner and the admins see them,
 * nobody else, also when the project is public. To others they do not exist, nor to anybody before they have arrived.
 */
export type Viewer = Pick<CurrentUser, "id" | "accessLevel">;

/** @throws AppError notFound */
export async function demandBatchAccess(
	db: Db,
	viewer: Viewer,
	batchId: string,
): Promise<void> {
	const batch = await db.batch.findUnique({
		where: { id: batchId },
		select: { state: true, project: { select: { ownerId: true } } },
	});
	const visible =
		batch &&
		hasArrived(batch.state) &&
		maySeeInsideProject(viewer, batch.project);
	if (!visible) throw new AppError("notFound", "There is no such batch.");
}

export interface SubmittableVersion {
	id: string;
	projectId: string;
	command: string[];
	estimatedOperations: number;
}

/**
 * The app version, if this person may submit work to it now.
 *
 * @throws AppError notFound, conflict
 */
export async function getSubmittableVersion(
	db: Db,
	viewer: Viewer,
	appVersionId: string,
): Promise<SubmittableVersion> {
	const version = await getOwnVersion(db, viewer, appVersionId);
	if (version.project.state !== "approved")
		throw new AppError(
			"conflict",
			`Work can be submitted to approved projects; this one is ${version.project.state}.`,
		);
	if (version.state !== "approved")
		throw new AppError(
			"conflict",
			`Work can be submitted to approved versions; version ${version.number} is ${version.state}.`,
		);
	return version;
}

/** The app version, if this person may see it, in any state. @throws AppError notFound */
export async function getOwnVersion(
	db: Db,
	viewer: Viewer,
	appVersionId: string,
) {
	const version = await db.appVersion.findUnique({
		where: { id: appVersionId },
		select: {
			id: true,
			number: true,
			state: true,
			projectId: true,
			command: true,
			estimatedOperations: true,
			project: { select: { ownerId: true, state: true } },
		},
	});
	if (!version || !maySeeInsideProject(viewer, version.project))
		throw new AppError("notFound", "There is no such app version of yours.");
	return version;
}
