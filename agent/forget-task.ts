import type { AgentContext } from "./agent-context.ts";
import { removeFolder } from "./remove-folder.ts";
import { removeContainersOf } from "./task-containers.ts";

/** Leaves nothing of a task: container, anonymous volumes, folder. */
export async function forgetTask(
	{ taskId }: { taskId: string },
	context: AgentContext,
): Promise<void> {
	await removeContainersOf(taskId, context);
	context.running.delete(taskId);
	await removeFolder(context.state.task(taskId).path);
}
