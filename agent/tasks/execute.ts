import { mkdir } from "node:fs/promises";
import type { Step } from "../core/plan.ts";
import { removeTaskContainers } from "../engine/remove-task-containers.ts";
import {
	readAttempts,
	writeAttempts,
	writeEnding,
} from "../state/stored-task.ts";
import { collectTask } from "./collect-task.ts";
import { fetchImage } from "./fetch-image.ts";
import { fetchInputs } from "./fetch-inputs.ts";
import { forgetTask } from "./forget-task.ts";
import { sendReport } from "./send-report.ts";
import { startTask } from "./start-task.ts";
import { superviseTask } from "./supervise-task.ts";
import { takeTask } from "./take-task.ts";
import type { TaskContext } from "./task-context.ts";

/**
 * One for each step; a step without an executor does not compile. Each may be cut short anywhere and called again, by
 * this process or the next: so each leaves the task as it was or as the step makes it, told apart by one file or by
 * the container, and undoes what half a call before it may have left.
 */
export type Executors = {
	[A in Step["action"]]: (
		step: Extract<Step, { action: A }>,
		context: TaskContext,
		signal: AbortSignal,
	) => Promise<void>;
};

export const executors: Executors = {
	takeTask,
	fetchImage,
	fetchInputs,
	startTask,
	superviseTask,
	collectTask,
	sendReport,
	forgetTask,
	async endTask({ taskId, ending }, { state }) {
		const folder = state.task(taskId);
		await mkdir(folder.path, { recursive: true, mode: 0o700 });
		await writeEnding(folder, ending);
	},
	async startOver({ taskId }, context) {
		const { state, running, log } = context;
		const folder = state.task(taskId);
		const attempts = (await readAttempts(folder)) + 1;
		// Counted first: a crash between the two must not make it endless.
		await writeAttempts(folder, attempts);
		await removeTaskContainers(context.engine, taskId);
		running.delete(taskId);
		log.info("A task was interrupted from outside and starts over.", {
			task: taskId,
			attempts,
		});
	},
	async unpauseTask({ containerId }, { engine }) {
		await engine.unpause(containerId);
	},
	async removeContainer({ containerId }, { engine }) {
		await engine.remove(containerId);
	},
	async removeOrphan({ containerId }, { engine, log }) {
		await engine.remove(containerId);
		log.info("Removed a container that belongs to no task.");
	},
};
