import type { Db } from "../../database/db.ts";
import type { TaskState } from "../../database/generated/enums.ts";
import { AppError } from "../../errors.ts";
import { hasArrived } from "../batch-states.ts";

export interface TaskFilter {
	batchId?: string | undefined;
	workUnitId?: string | undefined;
	deviceId?: string | undefined;
	state?: TaskState | undefined;
}

const withPlace = {
	device: { select: { id: true, name: true, ownerId: true } },
	workUnit: { select: { id: true, index: true } },
	batch: {
		select: {
			id: true,
			name: true,
			state: true,
			project: { select: { id: true, slug: true, name: true, ownerId: true } },
		},
	},
} as const;

/** Where else the work of a task was done: before it, from where it went on, or after it. */
const lineagePlace = {
	id: true,
	number: true,
	progress: true,
	device: { select: { id: true, name: true } },
} as const;

/** Newest first; `cursor` is the id of the last task of the page before. */
export async function listTasks(
	db: Db,
	filter: TaskFilter,
	page: { cursor?: string | undefined; limit: number },
) {
	const rows = await db.task.findMany({
		where: {
			...Object.fromEntries(
				Object.entries(filter).filter(([, value]) => value !== undefined),
			),
			...(page.cursor && { id: { lt: page.cursor } }),
		},
		orderBy: { id: "desc" },
		take: page.limit + 1,
		include: withPlace,
	});
	const items = rows.slice(0, page.limit);
	return {
		items,
		nextCursor: rows.length > page.limit ? items.at(-1)?.id : undefined,
	};
}

/** With its outputs and the ends of its standard output and error. @throws AppError notFound */
export async function getTask(db: Db, id: string) {
	const task = await db.task.findUnique({
		where: { id },
		include: {
			...withPlace,
			batch: {
				select: {
					...withPlace.batch.select,
					appVersion: { select: { command: true } },
				},
			},
			workUnit: { include: { inputs: { orderBy: { path: "asc" } } } },
			build: { select: { platform: true } },
			outputs: { orderBy: { path: "asc" } },
			log: true,
			continues: { select: lineagePlace },
			continuedBy: { select: lineagePlace },
		},
	});
	if (!task || !hasArrived(task.batch.state))
		throw new AppError("notFound", "There is no such task.");
	return task;
}
export type TaskRow = Awaited<ReturnType<typeof getTask>>;
