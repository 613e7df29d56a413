import type { ContainerInspectInfo } from "dockerode";
import type { Ending } from "../core/plan.ts";
import type { GuardReason, Report, TaskErrorCode } from "../core/protocol.ts";
import { TaskFailure } from "../core/step-failure.ts";
import { readContainerLogs } from "../engine/container-logs.ts";
import { LABEL, unlessStatus } from "../engine/engine.ts";
import { listOwnContainers } from "../engine/task-containers.ts";
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

/** Ends what still runs and writes the report, which from then on is all that counts. */
export async function collectTask(
	{ taskId }: { taskId: string },
	context: TaskContext,
): Promise<void> {
	const folder = context.state.task(taskId);
	const ending = await readEnding(folder);
	const container = await stopContainerOf(taskId, ending, context);
	const log = await readLog(container, context);
	const finishedAt = Date.parse(container?.State.FinishedAt ?? "");
	const times = measureTimes(
		container,
		context.running.get(taskId),
		await readFrozenMs(folder, finishedAt || Date.now()),
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

async function stopContainerOf(
	taskId: string,
	ending: Ending | undefined,
	context: TaskContext,
): Promise<ContainerInspectInfo | undefined> {
	const { engine, identity, freezer } = context;
	const [found] = await listOwnContainers(engine, identity.deviceId, taskId);
	if (!found) return undefined;
	if (ending?.askForCheckpoint && /running|paused/.test(found.State))
		await askForCheckpoint(found.Id, context.state.task(taskId), context);
	const container = engine.getContainer(found.Id);
	// 409: it does not run (any more).
	await freezer.letDie(found.Id, () =>
		unlessStatus(container.kill(), 404, 409),
	);
	if (found.State !== "created") await unlessStatus(container.wait(), 404);
	return unlessStatus(container.inspect(), 404);
}

/** Its whole log, from the engine; the counts are the supervisor's where the engine has dropped the beginning. */
async function readLog(
	container: ContainerInspectInfo | undefined,
	context: TaskContext,
): Promise<RunningTask> {
	const log = new RunningTask();
	if (container)
		await readContainerLogs(
			context.engine,
			container.Id,
			{ follow: false },
			(stream, chunk) => log.write(stream, chunk),
		);
	const followed = context.running.get(
		container?.Config.Labels[LABEL.task] ?? "",
	);
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
	container: ContainerInspectInfo | undefined,
	context: TaskContext,
): Promise<Result> {
	if (ending) return judgeEnded(taskId, ending, context);
	if (!container) throw new Error("Its container is gone.");
	const { ExitCode: exitCode, OOMKilled: memoryKilled } = container.State;
	if (exitCode !== 0) {
		const code: TaskErrorCode = memoryKilled ? "memoryLimit" : "exitCode";
		const detail = memoryKilled
			? "It needed more memory than it may use."
			: container.State.Error || `Its program ended with code ${exitCode}.`;
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

/**
 * How long it ran, the time that it stood frozen not counted, and its CPU time. The kernel's count goes with the container, so the last reading is carried on at
 * the pace until then; without any reading it counts as having used one core throughout.
 */
export function measureTimes(
	container: Pick<ContainerInspectInfo, "State" | "HostConfig"> | undefined,
	running: RunningTask | undefined,
	frozenMs = 0,
): { runSeconds: number; cpuSeconds: number } {
	const started = Date.parse(container?.State.StartedAt ?? "");
	const finished = Date.parse(container?.State.FinishedAt ?? "");
	// The engine says year 1 for "never".
	if (!(started > 0) || !(finished >= started))
		return { runSeconds: 0, cpuSeconds: 0 };
	const runSeconds = Math.max(0, (finished - started - frozenMs) / 1000);
	const cores = (container?.HostConfig.NanoCpus ?? 1e9) / 1e9;
	const read = running?.cpu;
	const seenSeconds = read ? (read.at - started) / 1000 : 0;
	const pace =
		read && seenSeconds > 0
			? Math.min(read.seconds / seenSeconds, cores)
			: Math.min(1, cores);
	const rest = Math.max(0, runSeconds - Math.max(0, seenSeconds));
	const cpuSeconds = (read?.seconds ?? 0) + rest * pace;
	return { runSeconds, cpuSeconds: Math.min(cpuSeconds, runSeconds * cores) };
}
