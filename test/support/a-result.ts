import type { Services } from "../../server/services.ts";

/** Ends a work unit as done, with these canonical outputs, as a review would have. */
export async function aResult(
	{ db, blobs }: Services,
	workUnitId: string,
	outputs: Record<string, string | Buffer>,
): Promise<void> {
	const task = await db.task.findFirstOrThrow({ where: { workUnitId } });
	for (const [path, content] of Object.entries(outputs)) {
		const stored = await blobs.put(Buffer.from(content));
		await db.taskOutput.create({ data: { taskId: task.id, path, ...stored } });
	}
	await db.task.update({ where: { id: task.id }, data: { state: "valid" } });
	await db.workUnit.update({
		where: { id: workUnitId },
		data: { state: "done", canonicalTaskId: task.id, finishedAt: new Date() },
	});
}
