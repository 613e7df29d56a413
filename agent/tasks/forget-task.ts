import { removeTaskContainers } from "../engine/remove-task-containers.ts";
import { removeFolder } from "../state/remove-folder.ts";
import type { TaskContext } from "./task-context.ts";

/** Leaves nothing of a task: container, anonymous volumes, folder. */
export async function forgetTask(
	{ taskId }: { taskId: string },
	context: TaskContext,
): Promise<void> {
	await removeTaskContainers(context.engine, taskId);
	context.running.delete(taskId);
	await removeFolder(context.state.task(taskId).path);
}
