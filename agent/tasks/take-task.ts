import { mkdir } from "node:fs/promises";
import type { Step } from "../core/plan.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { writeStoredTask } from "../state/stored-task.ts";
import type { TaskContext } from "./task-context.ts";
import { verifyManifest } from "./verify-manifest.ts";

/** Makes an assignment ours: from here on it is done without the server. Nothing unsigned gets past this. */
export async function takeTask(
	step: Extract<Step, { action: "takeTask" }>,
	context: TaskContext,
): Promise<void> {
	const { taskId, assignment, manifest } = step;
	if (!manifest)
		throw new TaskFailure(
			"manifestRefused",
			"The server sent no manifest with it.",
		);
	const verdict = verifyManifest(manifest, assignment, {
		signingKey: context.identity.signingKey,
		platform: context.platform,
	});
	if (!verdict.ok) throw new TaskFailure("manifestRefused", verdict.reason);
	const folder = context.state.task(taskId);
	await mkdir(folder.path, { recursive: true, mode: 0o700 });
	await writeStoredTask(folder, {
		assignment,
		manifest,
		takenAt: context.now().toISOString(),
	});
	context.log.info("Took a task.", {
		task: taskId,
		project: verdict.manifest.project,
	});
}
