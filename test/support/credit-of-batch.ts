import type { Db } from "../../server/database/db.ts";

/** The ledger's entries for a batch's tasks, which are there still. */
export async function creditOfBatch(db: Db, batchId: string) {
	const tasks = await db.task.findMany({
		where: { batchId },
		select: { id: true },
	});
	return db.creditEntry.findMany({
		where: { taskId: { in: tasks.map(({ id }) => id) } },
	});
}
