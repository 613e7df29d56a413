import { measureTimes } from "../core/measure-times.ts";
import type { Ending } from "../core/plan.ts";
import type { GuardReason, Report, TaskErrorCode } from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";
import type { ContainerDetails } from "../engine/container-engine.ts";
import { readFrozenMs } from "../state/frozen-time.ts";
import {
	readEnding,
	readStoredTask,
	writeReport,
} from "../state/stored-task.ts";
import { askForCheckpoint } from "./ask-checkpoint.ts";
import { listOutputs } from "./output-files.ts";
import { packCheckpoint } from "./pack-checkpoint.ts";
import { RunningTask } from "./running-task.ts";
import type { TaskContext } from "./task-context.ts";

/**
 *   container (running, or ended) ─► asked for a checkpoint, if it is to go on elsewhere ─► killed ─► log and outputs
 *   read ─► report.json
 *
 * Writes the report, which from then on is all that counts. Cut short anywhere before that, it is done again from the
 * beginning: so nothing is removed here, and outputs are only read when nothing can write to them any more.
 */
export async function collectTask(
	{ taskId }: { taskId: string },
	context: TaskContext,
): Promise<void> {
	const folder = context.state.task(taskId);
	const ending = await readEnding(folder);
	const container = await stopContainerOf(taskId, ending, context);
	const log = await readLog(taskId, container, context);
	const times = measureTimes(
		container,
		context.running.get(taskId)?.cpu,
		await readFrozenMs(folder, container?.finishedAt ?? Date.now()),
	);
	const result = await judge(taskId, ending, container, context);
	const report: Report = {
		taskId,
		...result,
		...times,
		stdout: { text: log.stdout.text(), bytes: log.stdout.bytes },
		stderr: { text: log.stderr.text(), bytes: log.stderr.bytes },
	};
	await writeReport(folder, report);
	context.running.delete(taskId);
	context.log.info(`A task has ${report.outcome}.`, {
		task: taskId,
		...(report.errorCode ? { code: report.errorCode } : {}),
		...(report.errorDetail ? { why: report.errorDetail } : {}),
	});
}

interface StoppedContainer extends ContainerDetails {
	id: string;
}

async function stopContainerOf(
	taskId: string,
	ending: Ending | undefined,
	context: TaskContext,
): Promise<StoppedContainer | undefined> {
	const { engine } = context;
	const [found] = await engine.listOwn(taskId);
	if (!found) return undefined;
	const { id, state } = found;
	if (ending?.askForCheckpoint && (state === "running" || state === "paused"))
		await askForCheckpoint(id, context.state.task(taskId), engine);
	await engine.kill(id);
	if (state !== "created") await engine.untilEnded(id);
	const details = await engine.inspect(id);
	return details && { id, ...details };
}

/** Its whole log, from the engine; the counts are the supervisor's where the engine has dropped the beginning. */
async function readLog(
	taskId: string,
	container: StoppedContainer | undefined,
	context: TaskContext,
): Promise<RunningTask> {
	const log = new RunningTask();
	if (container)
		await context.engine.readLogs(
			container.id,
			{ follow: false },
			(stream, chunk) => log.write(stream, chunk),
		);
	const followed = context.running.get(taskId);
	return followed && followed.logBytes > log.logBytes ? followed : log;
}

type Result = Pick<
	Report,
	| "outcome"
	| "exitCode"
	| "errorCode"
	| "errorDetail"
	| "outputs"
	| "checkpoint"
>;

async function judge(
	taskId: string,
	ending: Ending | undefined,
	container: StoppedContainer | undefined,
	context: TaskContext,
): Promise<Result> {
	if (ending) return judgeEnded(taskId, ending, context);
	if (!container) throw new Error("Its container is gone.");
	const { exitCode, memoryKilled } = container;
	if (exitCode !== 0) {
		const code: TaskErrorCode = memoryKilled ? "memoryLimit" : "exitCode";
		const detail = memoryKilled
			? "It needed more memory than it may use."
			: container.error || `Its program ended with code ${exitCode}.`;
		return { ...failure(code, detail), exitCode };
	}
	const limitBytes = await readDiskLimit(taskId, context);
	try {
		const outputs = await listOutputs(
			context.state.task(taskId).output,
			limitBytes,
		);
		return { outcome: "succeeded", exitCode, outputs };
	} catch (error) {
		if (!(error instanceof TaskFailure)) throw error;
		return { ...failure(error.errorCode, error.message), exitCode };
	}
}

/** One that goes on elsewhere takes along what its program has saved. */
async function judgeEnded(
	taskId: string,
	{ outcome, errorCode, errorDetail, guardReason }: Ending,
	context: TaskContext,
): Promise<Result> {
	const checkpoint =
		outcome === "returned"
			? await keepCheckpoint(taskId, guardReason, context)
			: undefined;
	return {
		outcome,
		errorCode,
		errorDetail: errorDetail.slice(0, 2000),
		outputs: [],
		...(checkpoint ? { checkpoint } : {}),
	};
}

async function keepCheckpoint(
	taskId: string,
	reason: GuardReason | undefined,
	context: TaskContext,
): Promise<Report["checkpoint"]> {
	const folder = context.state.task(taskId);
	const begunMs = performance.now();
	try {
		const limitBytes = await readDiskLimit(taskId, context);
		const checkpoint = await packCheckpoint(folder, limitBytes);
		if (checkpoint && reason)
			await context.records.add({
				at: context.now().toISOString(),
				action: "checkpoint",
				reason,
				detail: `What it has computed was saved (${Math.ceil(checkpoint.bytes / 1024)} KiB); it goes on elsewhere.`,
				latencyMs: Math.round(performance.now() - begunMs),
				taskIds: [taskId],
			});
		return checkpoint;
	} catch (error) {
		if (!(error instanceof TaskFailure)) throw error;
		context.log.warn(`Its checkpoint is lost: ${error.message}`, {
			task: taskId,
		});
		return undefined;
	}
}

async function readDiskLimit(
	taskId: string,
	{ state }: TaskContext,
): Promise<number> {
	const stored = await readStoredTask(state.task(taskId));
	const { diskMiB } = JSON.parse(stored?.manifest.manifest ?? "{}");
	return Number(diskMiB ?? 0) * 1024 * 1024;
}

const failure = (errorCode: TaskErrorCode, detail: string) => ({
	outcome: "failed" as const,
	errorCode,
	errorDetail: detail.slice(0, 2000),
	outputs: [],
});
