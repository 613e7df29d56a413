import type { AgentContext } from "../agent-context.ts";
import { removeContainersOf } from "../engine/task-containers.ts";
import { removeFolder } from "../state/remove-folder.ts";

/** Leaves nothing of a task: container, anonymous volumes, folder. */
export async function forgetTask(
	{ taskId }: { taskId: string },
	context: AgentContext,
): Promise<void> {
	await removeContainersOf(taskId, context);
	context.running.delete(taskId);
	await removeFolder(context.state.task(taskId).path);
}
