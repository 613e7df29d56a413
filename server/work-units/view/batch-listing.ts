import { ACCESS_LEVEL, hasAccess } from "../../accounts/access-level.ts";
import type { WorkUnitState } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import { maySeeInsideProject } from "../../projects/project-access.ts";
import type { Services } from "../../services.ts";
import type { ArrivedState } from "../batch-states.ts";
import { demandBatchAccess, type Viewer } from "../batches/batch-access.ts";
import {
	getBatch,
	getWorkUnit,
	listBatches,
	listWorkUnits,
} from "../batches/batch-store.ts";
import { toBatchView, viewBatch } from "./batch-view.ts";
import { toWorkUnitView, viewWorkUnit } from "./work-unit-view.ts";

/**
 * The batches of one's own projects; of any one project that one may see into; admins without a project: everybody's.
 *
 * @throws AppError notFound
 */
export async function listBatchesFor(
	{ db }: Services,
	user: Viewer,
	input: {
		projectId?: string | undefined;
		state?: ArrivedState | undefined;
		cursor?: string | undefined;
		limit: number;
	},
) {
	const { projectId, state, ...page } = input;
	if (projectId) {
		const project = await db.project.findUnique({ where: { id: projectId } });
		if (!project || !maySeeInsideProject(user, project))
			throw new AppError("notFound", "There is no such project of yours.");
	}
	const isAdmin = hasAccess(user.accessLevel, ACCESS_LEVEL.admin);
	const ownerId = isAdmin ? undefined : user.id;
	const { items, nextCursor } = await listBatches(
		db,
		{ projectId, state, ownerId },
		page,
	);
	return { items: items.map(toBatchView), nextCursor };
}

/** @throws AppError notFound */
export async function viewBatchFor(
	{ db, clock }: Services,
	user: Viewer,
	batchId: string,
) {
	await demandBatchAccess(db, user, batchId);
	return viewBatch(db, await getBatch(db, batchId), clock.now());
}

/** @throws AppError notFound */
export async function listWorkUnitsFor(
	{ db }: Services,
	user: Viewer,
	batchId: string,
	filter: { state?: WorkUnitState | undefined },
	{ after, limit }: { after: number; limit: number },
) {
	await demandBatchAccess(db, user, batchId);
	const rows = await listWorkUnits(db, batchId, filter, {
		after,
		limit: limit + 1,
	});
	const items = rows.slice(0, limit);
	return {
		items: items.map(toWorkUnitView),
		nextCursor: rows.length > limit ? String(items.at(-1)?.index) : undefined,
	};
}

/** @throws AppError notFound */
export async function viewWorkUnitFor(
	services: Services,
	user: Viewer,
	workUnitId: string,
) {
	const unit = await getWorkUnit(services.db, workUnitId);
	if (!maySeeInsideProject(user, unit.batch.project))
		throw new AppError("notFound", "There is no such work unit.");
	return viewWorkUnit(services, unit);
}
