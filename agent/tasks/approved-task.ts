import type { Approved } from "../core/approve-assignment.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { readStoredTask, type StoredTask } from "../state/stored-task.ts";
import type { TaskContext } from "./task-context.ts";
import { verifyManifest } from "./verify-manifest.ts";

/** A task from its folder, its signature checked once more: the folder may have been changed since it was taken. */
export async function getApprovedTask(
	context: TaskContext,
	taskId: string,
): Promise<StoredTask & { approved: Approved }> {
	const stored = await readStoredTask(context.state.task(taskId));
	if (!stored) throw new Error("Its assignment cannot be read.");
	const verdict = verifyManifest(stored.manifest, stored.assignment, {
		signingKey: context.identity.signingKey,
		platform: context.platform,
	});
	if (!verdict.ok) throw new TaskFailure("manifestRefused", verdict.reason);
	return { ...stored, approved: verdict };
}
