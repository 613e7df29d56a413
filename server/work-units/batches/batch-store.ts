import type { Db } from "../../database/db.ts";
import type {
	BatchState,
	TaskState,
	WorkUnitState,
} from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import {
	ARRIVED_STATES,
	type ArrivedState,
	hasArrived,
} from "../batch-states.ts";

export interface BatchFilter {
	projectId?: string | undefined;
	state?: ArrivedState | undefined;
	/** Only of this person's projects; absent: everybody's. */
	ownerId?: string | undefined;
}

const withNames = {
	project: { select: { id: true, slug: true, name: true, picture: true } },
	appVersion: { select: { id: true, number: true, command: true } },
	submitter: { select: { id: true, name: true } },
} as const;

/** Newest first; `cursor` is the id of the last batch of the page before. */
export async function listBatches(
	db: Db,
	{ projectId, state, ownerId }: BatchFilter,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.batch.findMany({
		where: {
			...(projectId && { projectId }),
			state: state ?? { in: [...ARRIVED_STATES] },
			...(ownerId && { project: { ownerId } }),
			...(page.cursor && { id: { lt: page.cursor } }),
		},
		orderBy: { id: "desc" },
		take: page.limit + 1,
		include: withNames,
	});
	const items = rows.slice(0, page.limit).map(arrived);
	return {
		items,
		nextCursor: rows.length > page.limit ? items.at(-1)?.id : undefined,
	};
}

/** @throws AppError notFound, also before it has arrived */
export async function getBatch(db: Db, id: string) {
	const batch = await db.batch.findUnique({
		where: { id },
		include: withNames,
	});
	if (!batch) throw noSuchBatch();
	return arrived(batch);
}

/** @throws AppError notFound when nobody may know of it yet */
function arrived<Row extends { state: BatchState }>(
	batch: Row,
): Row & { state: ArrivedState } {
	const { state } = batch;
	if (!hasArrived(state)) throw noSuchBatch();
	return { ...batch, state };
}

const noSuchBatch = () => new AppError("notFound", "There is no such batch.");
export type BatchRow = Awaited<ReturnType<typeof getBatch>>;

/** How many tasks of the batch are in each state. */
export async function countTasksByState(
	db: Db,
	batchId: string,
): Promise<Partial<Record<TaskState, number>>> {
	const groups = await db.task.groupBy({
		by: ["state"],
		where: { batchId },
		_count: true,
	});
	return Object.fromEntries(groups.map(({ state, _count }) => [state, _count]));
}

/** How many work units ended since the given time, and when the last one did. */
export async function countEndedSince(
	db: Db,
	batchId: string,
	since: Date,
): Promise<{ ended: number; lastEndedAt: Date | null }> {
	const { _count, _max } = await db.workUnit.aggregate({
		where: { batchId, state: { not: "open" }, finishedAt: { gte: since } },
		_count: true,
		_max: { finishedAt: true },
	});
	return { ended: _count, lastEndedAt: _max.finishedAt };
}

/** The credit that the batch's tasks were granted. */
export async function sumGrantedCredit(
	db: Db,
	batchId: string,
): Promise<number> {
	const { _sum } = await db.task.aggregate({
		where: { batchId, state: "valid" },
		_sum: { grantedCredit: true },
	});
	return _sum.grantedCredit ?? 0;
}

/** In the order of their index; `after` is the last index of the page before. */
export async function listWorkUnits(
	db: Db,
	batchId: string,
	filter: { state?: WorkUnitState | undefined },
	page: { after: number; limit: number },
) {
	return db.workUnit.findMany({
		where: {
			batchId,
			index: { gt: page.after },
			...(filter.state && { state: filter.state }),
		},
		orderBy: { index: "asc" },
		take: page.limit,
		include: {
			tasks: {
				select: { id: true, number: true, state: true, progress: true },
				orderBy: { number: "asc" },
			},
		},
	});
}

/** @throws AppError notFound */
export async function getWorkUnit(db: Db, id: string) {
	const unit = await db.workUnit.findUnique({
		where: { id },
		include: {
			inputs: { orderBy: { path: "asc" } },
			batch: {
				include: {
					project: {
						select: { id: true, slug: true, name: true, ownerId: true },
					},
					appVersion: { select: { number: true, command: true } },
				},
			},
			tasks: {
				orderBy: { number: "asc" },
				include: {
					device: { select: { id: true, name: true } },
					outputs: { orderBy: { path: "asc" } },
				},
			},
		},
	});
	if (!unit || !hasArrived(unit.batch.state))
		throw new AppError("notFound", "There is no such work unit.");
	return unit;
}
export type WorkUnitRow = Awaited<ReturnType<typeof getWorkUnit>>;
